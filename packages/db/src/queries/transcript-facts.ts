import { and, asc, desc, eq, getTableColumns, inArray, ne, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { segmentRevisions, soundOutlines, transcriptions, windows } from '../schema/index.js';
import type { TranscriptionSummary } from './transcription-lists.js';

export type SegmentRevisionRow = typeof segmentRevisions.$inferSelect;
export type SoundOutlineRow = typeof soundOutlines.$inferSelect;

/** Every text of each edited segment, the first one first; nothing for those never edited. */
export async function listSegmentRevisions(
  db: Queryable,
  args: { readonly segmentIds: readonly string[] },
): Promise<SegmentRevisionRow[]> {
  if (args.segmentIds.length === 0) return [];
  return db
    .select()
    .from(segmentRevisions)
    .where(inArray(segmentRevisions.segmentId, [...args.segmentIds]))
    .orderBy(asc(segmentRevisions.segmentId), asc(segmentRevisions.revision));
}

/** By channel; empty for a recording that is not prepared. */
export async function listSoundOutlines(
  db: Queryable,
  args: { readonly transcriptionId: string },
): Promise<SoundOutlineRow[]> {
  return db
    .select()
    .from(soundOutlines)
    .where(eq(soundOutlines.transcriptionId, args.transcriptionId))
    .orderBy(asc(soundOutlines.channel));
}

/** What is planned of a recording, in order: as much as it takes to say what has text. */
export async function listWindows(
  db: Queryable,
  args: { readonly transcriptionId: string },
): Promise<(typeof windows.$inferSelect)[]> {
  return db.select().from(windows).where(eq(windows.transcriptionId, args.transcriptionId)).orderBy(asc(windows.index));
}

export interface LanguageSeconds {
  readonly transcriptionId: string;
  readonly language: string;
  readonly seconds: number;
}

/** Seconds of text in each language, most first. */
export async function sumLanguages(
  db: Queryable,
  args: { readonly transcriptionIds: readonly string[] },
): Promise<LanguageSeconds[]> {
  if (args.transcriptionIds.length === 0) return [];
  const ids = sql.join(
    args.transcriptionIds.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const rows = await db.execute<{ transcription_id: string; language: string; seconds: number }>(sql`
    select s.transcription_id, coalesce(s.language, t.language) as language,
      sum(s.end_seconds - s.start_seconds)::float8 as seconds
    from segments s join transcriptions t on t.id = s.transcription_id
    where s.transcription_id in (${ids}) and coalesce(s.language, t.language) is not null
    group by 1, 2 order by 1, 3 desc`);
  return rows.map(({ transcription_id: transcriptionId, language, seconds }) => ({
    transcriptionId,
    language,
    seconds: Number(seconds),
  }));
}

const { text: _text, ...columnsWithoutText } = getTableColumns(transcriptions);

/** Other transcriptions of the same recording, newest first. */
export async function listSiblings(
  db: Queryable,
  args: { readonly id: string; readonly mediaId: string; readonly limit: number },
): Promise<TranscriptionSummary[]> {
  return db
    .select(columnsWithoutText)
    .from(transcriptions)
    .where(and(eq(transcriptions.mediaId, args.mediaId), ne(transcriptions.id, args.id)))
    .orderBy(desc(transcriptions.createdAt))
    .limit(args.limit);
}

/** When the parts of a transcription's life began and ended; null for what has not. */
export interface StageTimes {
  readonly prepareStartedAt: Date | null;
  readonly prepareFinishedAt: Date | null;
  readonly chunkStartedAt: Date | null;
  /** When the model began with the first window that is committed. */
  readonly inferenceStartedAt: Date | null;
  readonly windowsCommittedAt: Date | null;
  readonly finishStartedAt: Date | null;
  readonly finishFinishedAt: Date | null;
}

export async function readStageTimes(db: Queryable, args: { readonly transcriptionId: string }): Promise<StageTimes> {
  const id = args.transcriptionId;
  const [row] = await db.execute<Record<string, string | null>>(sql`
    select prepared.started as "prepareStartedAt", prepared.finished as "prepareFinishedAt",
      heard.started as "chunkStartedAt", done.inferred as "inferenceStartedAt", done.committed as "windowsCommittedAt",
      ended.started as "finishStartedAt", ended.finished as "finishFinishedAt"
    from (select min(started_at) as started, max(finished_at) filter (where outcome = 'succeeded') as finished
        from attempts where transcription_id = ${id} and kind = 'prepare') prepared,
      (select min(started_at) as started from attempts where transcription_id = ${id} and kind = 'chunk') heard,
      (select min(committed_at - make_interval(secs => coalesce(inference_seconds, 0))) as inferred, max(committed_at) as committed
        from windows where transcription_id = ${id}) done,
      (select max(started_at) as started, max(finished_at) filter (where outcome = 'succeeded') as finished
        from attempts where transcription_id = ${id} and kind = 'finish') ended`);
  const dateOf = (name: keyof StageTimes): Date | null => {
    const value = row?.[name];
    return value === null || value === undefined ? null : new Date(value);
  };
  return {
    prepareStartedAt: dateOf('prepareStartedAt'),
    prepareFinishedAt: dateOf('prepareFinishedAt'),
    chunkStartedAt: dateOf('chunkStartedAt'),
    inferenceStartedAt: dateOf('inferenceStartedAt'),
    windowsCommittedAt: dateOf('windowsCommittedAt'),
    finishStartedAt: dateOf('finishStartedAt'),
    finishFinishedAt: dateOf('finishFinishedAt'),
  };
}
