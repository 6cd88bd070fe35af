import { and, eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import {
  benchmarkResults,
  benchmarkRuns,
  modelSpeeds,
  type BenchmarkRunRow,
  type Queryable,
  type StoredBenchmarkOrder,
  type StoredBenchmarkProgress,
  type StoredError,
} from '@voice-transcriber/db';

/** Begins a waiting run here; undefined when it does not wait any more. */
export async function beginBenchmark(
  db: Queryable,
  { id, host }: { readonly id: string; readonly host: string },
): Promise<BenchmarkRunRow | undefined> {
  const [run] = await db
    .update(benchmarkRuns)
    .set({ state: 'running', host, startedAt: sql`now()`, heartbeatAt: sql`now()`, revision: sql`revision + 1` })
    .where(and(eq(benchmarkRuns.id, id), eq(benchmarkRuns.state, 'queued')))
    .returning();
  return run;
}

/** Notes a run that begins at once, without the queue. */
export async function insertRunningBenchmark(
  db: Queryable,
  { order, host }: { readonly order: StoredBenchmarkOrder; readonly host: string },
): Promise<BenchmarkRunRow> {
  const [run] = await db
    .insert(benchmarkRuns)
    .values({ order, host, state: 'running', startedAt: sql`now()`, heartbeatAt: sql`now()` })
    .returning();
  if (run === undefined) throw new Error('An insert came back without its row.');
  return run;
}

type RunChanges = Pick<PgUpdateSetSource<typeof benchmarkRuns>, 'machine' | 'audio' | 'progress'>;

/** Writes how far a run is. Changes nothing once it has ended. */
export async function recordBenchmarkProgress(db: Queryable, id: string, changes: RunChanges): Promise<void> {
  await db
    .update(benchmarkRuns)
    .set({ ...changes, revision: sql`${benchmarkRuns.revision} + 1` })
    .where(and(eq(benchmarkRuns.id, id), eq(benchmarkRuns.state, 'running')));
}

type NewResult = Omit<typeof benchmarkResults.$inferInsert, 'id' | 'runId' | 'createdAt'>;

/** Stores one cell. A second write of the same one, after an answer that got lost, changes nothing. */
export async function recordBenchmarkResult(
  db: Queryable,
  runId: string,
  { result, progress }: { readonly result: NewResult; readonly progress: StoredBenchmarkProgress },
): Promise<void> {
  await db
    .insert(benchmarkResults)
    .values({ ...result, runId })
    .onConflictDoNothing();
  await recordBenchmarkProgress(db, runId, { progress });
}

/** Ends a run that has not ended yet. */
export async function finishBenchmark(
  db: Queryable,
  id: string,
  { state, error }: { readonly state: 'completed' | 'failed' | 'cancelled'; readonly error?: StoredError | undefined },
): Promise<void> {
  await db
    .update(benchmarkRuns)
    .set({ state, error: error ?? null, finishedAt: sql`now()`, revision: sql`${benchmarkRuns.revision} + 1` })
    .where(and(eq(benchmarkRuns.id, id), sql`${benchmarkRuns.state} in ('queued', 'running')`));
}

/** What a benchmark measured replaces what was known: its iterations are quiet and repeated, single jobs are neither. */
export async function recordBenchmarkSpeed(
  db: Queryable,
  speed: Pick<
    typeof modelSpeeds.$inferSelect,
    'host' | 'backend' | 'model' | 'device' | 'audioSecondsPerSecond' | 'measurements'
  >,
): Promise<void> {
  const { audioSecondsPerSecond, measurements } = speed;
  await db
    .insert(modelSpeeds)
    .values({ ...speed, source: 'benchmark' })
    .onConflictDoUpdate({
      target: [modelSpeeds.host, modelSpeeds.backend, modelSpeeds.model, modelSpeeds.device],
      set: { audioSecondsPerSecond, measurements, source: 'benchmark', updatedAt: sql`now()` },
    });
}
