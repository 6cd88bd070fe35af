import { and, asc, desc, eq, inArray, max, ne, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { attempts, chunks, metricSamples, settings, workers } from '../schema/index.js';

export type WorkerRow = typeof workers.$inferSelect;
export type MetricSampleRow = typeof metricSamples.$inferSelect;

/** Live workers first, newest first. Without `includeStopped` those that said goodbye are left out. */
export async function listWorkers(
  db: Queryable,
  args: { readonly includeStopped: boolean; readonly limit: number },
): Promise<WorkerRow[]> {
  return db
    .select()
    .from(workers)
    .where(args.includeStopped ? undefined : ne(workers.state, 'stopped'))
    .orderBy(asc(workers.state), desc(workers.startedAt))
    .limit(args.limit);
}

export async function findWorkers(db: Queryable, args: { readonly ids: readonly string[] }): Promise<WorkerRow[]> {
  return db
    .select()
    .from(workers)
    .where(inArray(workers.id, [...args.ids]));
}

export interface WorkInProgress {
  readonly workerId: string;
  readonly transcriptionId: string;
  readonly kind: 'prepare' | 'chunk' | 'finish';
  /** Null for the steps that are about the whole recording. */
  readonly chunkIndex: number | null;
  readonly startedAt: Date;
}

/** What some workers are doing now, longest first. */
export async function listWorkInProgress(
  db: Queryable,
  args: { readonly workerIds: readonly string[] },
): Promise<WorkInProgress[]> {
  const rows = await db
    .select({
      workerId: attempts.workerId,
      transcriptionId: attempts.transcriptionId,
      kind: attempts.kind,
      chunkIndex: chunks.index,
      startedAt: attempts.startedAt,
    })
    .from(attempts)
    .leftJoin(chunks, eq(chunks.id, attempts.chunkId))
    .where(and(eq(attempts.outcome, 'running'), inArray(attempts.workerId, [...args.workerIds])))
    .orderBy(asc(attempts.startedAt));
  return rows.flatMap(({ workerId, ...row }) => (workerId === null ? [] : [{ workerId, ...row }]));
}

export interface QueueSummary {
  readonly paused: boolean;
  readonly reason: string | null;
  readonly waiting: number;
  readonly running: number;
  readonly failed: number;
  /** How long the oldest waiting transcription has waited; null when none waits. */
  readonly oldestWaitingSeconds: number | null;
  readonly finishedLastHour: number;
  readonly audioSecondsLastHour: number;
}

/** Counts of the whole queue, in one statement, which reads what is open, what failed and what ended in the last hour, but not what ended before. */
export async function readQueueSummary(db: Queryable): Promise<QueueSummary> {
  const [counts] = await db.execute<
    Omit<QueueSummary, 'paused' | 'reason'> & {
      readonly queue: { paused?: boolean; reason?: string } | null;
    } & Record<string, unknown>
  >(sql`
    with open as (
      select count(*) filter (where state = 'queued')::int as waiting, count(*) filter (where state not in ('queued', 'failed'))::int as running,
        count(*) filter (where state = 'failed')::int as failed, min(created_at) filter (where state = 'queued') as oldest
      from transcriptions where state in ('queued', 'preparing', 'transcribing', 'finishing', 'failed')
    ), hour as (
      select count(*)::int as finished, coalesce(sum(audio_seconds), 0)::float8 as audio_seconds
      from transcriptions where state in ('completed', 'partial') and finished_at > now() - interval '1 hour'
    )
    select open.waiting as "waiting", open.running as "running", open.failed as "failed",
      extract(epoch from now() - open.oldest)::float8 as "oldestWaitingSeconds",
      hour.finished as "finishedLastHour", hour.audio_seconds as "audioSecondsLastHour",
      (select value from settings where key = 'queue') as "queue"
    from open, hour`);
  if (counts === undefined) throw new Error('An aggregate came back without a row.');
  const { queue, ...numbers } = counts;
  return { ...numbers, paused: queue?.paused === true, reason: queue?.reason ?? null };
}

/** The samples of the last minutes, oldest first, at most `limit` of the newest. */
export async function listMetricSamples(
  db: Queryable,
  args: { readonly minutes: number; readonly limit: number },
): Promise<MetricSampleRow[]> {
  const rows = await db
    .select()
    .from(metricSamples)
    .where(sql`${metricSamples.sampledAt} > now() - make_interval(mins => ${args.minutes})`)
    .orderBy(desc(metricSamples.sampledAt), desc(metricSamples.id))
    .limit(args.limit);
  return rows.reverse();
}

/** Samples behind a cursor, oldest first; without a cursor where the table ends now. */
export async function listMetricSamplesAfter(
  db: Queryable,
  args: { readonly afterId: number; readonly limit: number },
): Promise<MetricSampleRow[]> {
  return db
    .select()
    .from(metricSamples)
    .where(sql`${metricSamples.id} > ${args.afterId}`)
    .orderBy(asc(metricSamples.id))
    .limit(args.limit);
}

export async function findLastMetricSampleId(db: Queryable): Promise<number> {
  const [row] = await db.select({ id: max(metricSamples.id) }).from(metricSamples);
  return row?.id ?? 0;
}

/** Reports of the backends by the workers that run now. */
export async function listBackendReports(
  db: Queryable,
): Promise<Pick<WorkerRow, 'host' | 'backends' | 'heartbeatAt'>[]> {
  return db
    .select({ host: workers.host, backends: workers.backends, heartbeatAt: workers.heartbeatAt })
    .from(workers)
    .where(eq(workers.state, 'running'))
    .orderBy(desc(workers.heartbeatAt));
}

/** Whether the queue is paused, and why. */
export async function readQueuePause(db: Queryable): Promise<Pick<QueueSummary, 'paused' | 'reason'>> {
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.key, 'queue'));
  const { paused, reason } = row?.value ?? {};
  return { paused: paused === true, reason: typeof reason === 'string' ? reason : null };
}

/** The newest reading of each machine that was read within the last minute. */
export async function readLatestSamples(db: Queryable): Promise<MetricSampleRow[]> {
  return db
    .selectDistinctOn([metricSamples.host])
    .from(metricSamples)
    .where(sql`${metricSamples.sampledAt} > now() - interval '1 minute'`)
    .orderBy(metricSamples.host, desc(metricSamples.sampledAt));
}
