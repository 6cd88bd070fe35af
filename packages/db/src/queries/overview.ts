import { sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';

export interface OverviewFigures {
  readonly running: number;
  readonly waiting: number;
  readonly failed: number;
  readonly audioHoursDay: number;
  /** Of what ended or began in the asked time; null when nothing did. */
  readonly waitSecondsP50: number | null;
  readonly waitSecondsP95: number | null;
  readonly waitSecondsP99: number | null;
  readonly computeSecondsP50: number | null;
  readonly computeSecondsP95: number | null;
  readonly computeSecondsP99: number | null;
  /** Ended in the newest quarter hour, and in the one before. */
  readonly finishedLately: number;
  readonly failedLately: number;
  readonly failedBefore: number;
}

/** Of those with their start in the asked time. A retry counts from the first start: what it waited for is not the queue. */
const waitSeconds = sql`extract(epoch from t.started_at - t.created_at)`;
const computeSeconds = sql`extract(epoch from t.finished_at - t.started_at)`;

/** Each from the index that knows it: one pass over all that was ever transcribed would take longer with every day. */
export async function readOverviewFigures(
  db: Queryable,
  { minutes }: { readonly minutes: number },
): Promise<OverviewFigures> {
  const since = sql`now() - make_interval(mins => ${minutes})`;
  const [row] = await db.execute<OverviewFigures & Record<string, unknown>>(sql`
    with open as (
      select count(*) filter (where state <> 'queued' and state <> 'failed')::int as running, count(*) filter (where state = 'queued')::int as waiting,
        count(*) filter (where state = 'failed')::int as failed
      from transcriptions where state in ('queued', 'preparing', 'transcribing', 'finishing', 'failed')
    ), day as (
      select (coalesce(sum(audio_seconds), 0) / 3600)::float8 as audio_hours
      from transcriptions where state in ('completed', 'partial') and finished_at > now() - interval '1 day'
    ), begun as (
      select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ${waitSeconds}) as wait from transcriptions t where t.started_at > ${since}
    ), ended as (
      select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ${computeSeconds}) as compute
      from transcriptions t where t.finished_at > ${since} and t.started_at is not null and t.state in ('completed', 'partial')
    ), lately as (
      select count(*) filter (where state in ('completed', 'partial') and finished_at > now() - interval '15 minutes')::int as finished,
        count(*) filter (where state = 'failed' and finished_at > now() - interval '15 minutes')::int as failed,
        count(*) filter (where state = 'failed' and finished_at <= now() - interval '15 minutes')::int as failed_before
      from transcriptions where finished_at >= now() - interval '30 minutes'
    )
    select open.running as "running", open.waiting as "waiting", open.failed as "failed", day.audio_hours as "audioHoursDay",
      begun.wait[1]::float8 as "waitSecondsP50", begun.wait[2]::float8 as "waitSecondsP95", begun.wait[3]::float8 as "waitSecondsP99",
      ended.compute[1]::float8 as "computeSecondsP50", ended.compute[2]::float8 as "computeSecondsP95", ended.compute[3]::float8 as "computeSecondsP99",
      lately.finished as "finishedLately", lately.failed as "failedLately", lately.failed_before as "failedBefore"
    from open, day, begun, ended, lately`);
  if (row === undefined) throw new Error('An aggregate came back without a row.');
  return row;
}

/** Seconds inside models over the audio seconds that came out, in the last five minutes; null when nothing did. Looks only at what ran then. */
export async function readRealTimeFactorNow(db: Queryable): Promise<number | null> {
  const [row] = await db.execute<{ factor: number | null }>(sql`
    select (sum(w.inference_seconds) / nullif(sum(w.end_seconds - w.start_seconds), 0))::float8 as factor
    from transcriptions t join windows w on w.transcription_id = t.id
    where (t.state in ('transcribing', 'finishing') or t.finished_at > now() - interval '5 minutes')
      and w.committed_at > now() - interval '5 minutes' and w.inference_seconds is not null`);
  return row?.factor ?? null;
}

export interface OverviewPoint {
  /** Begin of the interval. */
  readonly at: Date;
  readonly finished: number;
  readonly failed: number;
  readonly audioSeconds: number;
  /** Most that waited at once; null where no worker noted it. */
  readonly queueDepth: number | null;
  readonly waitSecondsP50: number | null;
  readonly waitSecondsP95: number | null;
  readonly waitSecondsP99: number | null;
  readonly computeSecondsP50: number | null;
  readonly computeSecondsP95: number | null;
  readonly computeSecondsP99: number | null;
}

/** The last minutes in `count` intervals of equal length, oldest first, the newest not over yet. */
export async function listOverviewPoints(
  db: Queryable,
  { minutes, count }: { readonly minutes: number; readonly count: number },
): Promise<OverviewPoint[]> {
  const stepSeconds = (minutes * 60) / count;
  const rows = await db.execute<Omit<OverviewPoint, 'at'> & { at: string } & Record<string, unknown>>(sql`
    with bounds as (select now() - make_interval(mins => ${minutes}) as since),
    ended as (
      select width_bucket(extract(epoch from t.finished_at - since)::float8, 0, ${minutes * 60}::float8, ${count}) as bucket,
        count(*) filter (where t.state in ('completed', 'partial')) as finished,
        count(*) filter (where t.state = 'failed') as failed,
        coalesce(sum(t.audio_seconds) filter (where t.state in ('completed', 'partial')), 0) as audio_seconds,
        percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ${computeSeconds})
          filter (where t.state in ('completed', 'partial') and t.started_at is not null) as compute
      from transcriptions t, bounds where t.finished_at > since group by 1
    ), begun as (
      select width_bucket(extract(epoch from t.started_at - since)::float8, 0, ${minutes * 60}::float8, ${count}) as bucket,
        percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ${waitSeconds}) as wait
      from transcriptions t, bounds where t.started_at > since group by 1
    ), depth as (
      select width_bucket(extract(epoch from q.sampled_at - since)::float8, 0, ${minutes * 60}::float8, ${count}) as bucket,
        max(q.waiting) as waiting
      from queue_samples q, bounds where q.sampled_at > since group by 1
    )
    select to_char((since + make_interval(secs => (n - 1) * ${stepSeconds}::float8)) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "at",
      coalesce(ended.finished, 0)::int as "finished", coalesce(ended.failed, 0)::int as "failed",
      coalesce(ended.audio_seconds, 0)::float8 as "audioSeconds", depth.waiting as "queueDepth",
      begun.wait[1]::float8 as "waitSecondsP50", begun.wait[2]::float8 as "waitSecondsP95", begun.wait[3]::float8 as "waitSecondsP99",
      ended.compute[1]::float8 as "computeSecondsP50", ended.compute[2]::float8 as "computeSecondsP95", ended.compute[3]::float8 as "computeSecondsP99"
    from bounds, generate_series(1, ${count}::int) n
    left join ended on ended.bucket = n left join begun on begun.bucket = n left join depth on depth.bucket = n
    order by n`);
  return [...rows].map((row) => ({ ...row, at: new Date(row.at) }));
}

export interface FailureGroup {
  readonly code: string;
  /** Of the newest. */
  readonly message: string;
  readonly count: number;
  readonly lastAt: Date;
  readonly exampleId: string;
}

/** What failed in the asked time, by the code of its error, most frequent first. */
export async function listFailureGroups(
  db: Queryable,
  { minutes, limit }: { readonly minutes: number; readonly limit: number },
): Promise<FailureGroup[]> {
  const rows = await db.execute<Omit<FailureGroup, 'lastAt'> & { lastAt: string } & Record<string, unknown>>(sql`
    select coalesce(error ->> 'code', 'unknown') as "code",
      (array_agg(coalesce(error ->> 'message', '') order by finished_at desc))[1] as "message",
      count(*)::int as "count", (array_agg(id order by finished_at desc))[1] as "exampleId",
      to_char(max(finished_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastAt"
    from transcriptions
    where state = 'failed' and finished_at > now() - make_interval(mins => ${minutes})
    group by 1 order by count(*) desc, max(finished_at) desc limit ${limit}`);
  return [...rows].map((row) => ({ ...row, lastAt: new Date(row.lastAt) }));
}
