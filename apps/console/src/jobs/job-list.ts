import type { TranscriptionRowFragment } from '../gql/graphql';

export type JobRow = TranscriptionRowFragment;

export interface JobList {
  /** Newest first. */
  readonly rows: readonly JobRow[];
  /** There are older jobs that have not been loaded. */
  readonly hasMore: boolean;
}

const isNewer = (left: JobRow, right: JobRow): boolean => left.createdAt > right.createdAt;

function newestOf(known: JobRow, arrived: JobRow): JobRow {
  return arrived.lastSeq >= known.lastSeq ? arrived : known;
}

/**
 * Takes a changed job into the list without moving any row.
 *
 * A job that is shown stays where it is, also when it no longer fits the criteria: rows that vanish under the pointer lead to wrong clicks. An unknown job
 * enters at its place by creation time, unless that place lies among the rows that were not loaded yet.
 */
export function withChangedJob(list: JobList, job: JobRow, fits: (job: JobRow) => boolean): JobList {
  const known = list.rows.findIndex(({ id }) => id === job.id);
  if (known >= 0) return { ...list, rows: list.rows.map((row, index) => (index === known ? newestOf(row, job) : row)) };
  if (!fits(job)) return list;
  const place = list.rows.findIndex((row) => isNewer(job, row));
  if (place < 0) return list.hasMore ? list : { ...list, rows: [...list.rows, job] };
  return { ...list, rows: list.rows.toSpliced(place, 0, job) };
}

/** The same for all that changed at once: a thousand rows are gone through once, not once for each. */
export function withChangedJobs(list: JobList, changed: readonly JobRow[], fits: (job: JobRow) => boolean): JobList {
  const newest = new Map(changed.map((job) => [job.id, job]));
  const rows = list.rows.map((row) => {
    const job = newest.get(row.id);
    if (job === undefined) return row;
    newest.delete(row.id);
    return newestOf(row, job);
  });
  return [...newest.values()].reduce<JobList>((known, job) => withChangedJob(known, job, fits), { ...list, rows });
}

export function withoutJob(list: JobList, id: string): JobList {
  return list.rows.some((row) => row.id === id) ? { ...list, rows: list.rows.filter((row) => row.id !== id) } : list;
}

/** Appends an older page. Rows that came by the live stream in the meantime are not shown twice. */
export function withOlderPage(list: JobList, page: readonly JobRow[], hasMore: boolean): JobList {
  const known = new Set(list.rows.map(({ id }) => id));
  return { rows: [...list.rows, ...page.filter(({ id }) => !known.has(id))], hasMore };
}
