import { and, eq, sql } from 'drizzle-orm';
import {
  benchmarkRuns,
  countRunningTranscriptions,
  insertBenchmarkRun,
  type BenchmarkRunRow,
  type BenchmarkState,
  type Database,
  type Queryable,
  type StoredBenchmarkOrder,
} from '@voice-transcriber/db';
import { NOT_FOUND, type NotFound } from './outcome.js';

/** Nobody waits for more; a mistake in a script must not fill the queue for days. */
const WAITING_MAX = 20;

export interface BenchmarkRefused {
  readonly ok: false;
  readonly code: 'jobs-running' | 'queue-full' | 'invalid-state';
  /** Says what would work. */
  readonly message: string;
}

export type BenchmarkOutcome = { readonly ok: true; readonly run: BenchmarkRunRow } | BenchmarkRefused | NotFound;

/** Why a benchmark must not start now; undefined when it may. */
export async function findBenchmarkObstacle(
  db: Queryable,
  { force }: { readonly force: boolean },
): Promise<BenchmarkRefused | undefined> {
  const running = force ? 0 : await countRunningTranscriptions(db);
  if (running === 0) return undefined;
  const jobs = running === 1 ? '1 transcription is' : `${running} transcriptions are`;
  const message = `${jobs} being worked on: both would be slowed down and the figures would be wrong. Wait until they are done, pause the queue, or force it.`;
  return { ok: false, code: 'jobs-running', message };
}

/** Puts a benchmark into the queue; one runs at a time on each host. */
export async function startBenchmark(
  db: Database,
  { order }: { readonly order: StoredBenchmarkOrder },
): Promise<{ readonly ok: true; readonly run: BenchmarkRunRow } | BenchmarkRefused> {
  return db.orm.transaction(async (transaction) => {
    const obstacle = await findBenchmarkObstacle(transaction, order);
    if (obstacle !== undefined) return obstacle;
    const [waiting] = await transaction
      .select({ count: sql<number>`count(*)::int` })
      .from(benchmarkRuns)
      .where(eq(benchmarkRuns.state, 'queued'));
    if ((waiting?.count ?? 0) >= WAITING_MAX) {
      const message = `${WAITING_MAX} benchmarks are waiting already. Cancel some, or wait for them.`;
      return { ok: false, code: 'queue-full', message };
    }
    const run = await insertBenchmarkRun(transaction, { order });
    await ringBenchmark(transaction, run.id);
    return { ok: true, run };
  });
}

/** The bell names the row and nothing else; the queue of its own keeps benchmarks one after another. */
export async function ringBenchmark(
  db: Queryable,
  runId: string,
  { delaySeconds = 0 }: { readonly delaySeconds?: number } = {},
): Promise<void> {
  await db.execute(sql`
    select graphile_worker.add_job('run-benchmark',
      payload => json_build_object('v', 1, 'runId', ${runId}::text), queue_name => 'benchmarks',
      run_at => now() + make_interval(secs => ${delaySeconds}::float8), job_key => 'benchmark:' || ${runId}::text)`);
}

/** One that waits ends at once; one that runs within about a second, and keeps what it has measured. */
export async function cancelBenchmark(db: Database, { id }: { readonly id: string }): Promise<BenchmarkOutcome> {
  return db.orm.transaction(async (transaction) => {
    const run = await lockRun(transaction, id);
    if (run === undefined) return NOT_FOUND;
    if (run.state !== 'queued' && run.state !== 'running') return invalidState(run.state, 'cancelled');
    const changes =
      run.state === 'queued' ? { state: 'cancelled' as const, finishedAt: sql`now()` } : { cancelRequested: true };
    if (run.state === 'queued') await silenceBenchmark(transaction, id);
    const [changed] = await transaction
      .update(benchmarkRuns)
      .set({ ...changes, revision: sql`${benchmarkRuns.revision} + 1` })
      .where(eq(benchmarkRuns.id, id))
      .returning();
    return changed === undefined ? NOT_FOUND : { ok: true, run: changed };
  });
}

/** Removes a benchmark that is not running, with its results. Speeds that selection learned from it stay. */
export async function deleteBenchmark(db: Database, { id }: { readonly id: string }): Promise<BenchmarkOutcome> {
  return db.orm.transaction(async (transaction) => {
    const run = await lockRun(transaction, id);
    if (run === undefined) return NOT_FOUND;
    if (run.state === 'running') return invalidState(run.state, 'deleted. Cancel it first');
    await silenceBenchmark(transaction, id);
    await transaction.delete(benchmarkRuns).where(and(eq(benchmarkRuns.id, id)));
    return { ok: true, run };
  });
}

async function lockRun(db: Queryable, id: string): Promise<BenchmarkRunRow | undefined> {
  const [run] = await db.select().from(benchmarkRuns).where(eq(benchmarkRuns.id, id)).for('update');
  return run;
}

async function silenceBenchmark(db: Queryable, id: string): Promise<void> {
  await db.execute(sql`select graphile_worker.remove_job('benchmark:' || ${id}::text)`);
}

function invalidState(state: BenchmarkState, what: string): BenchmarkRefused {
  return { ok: false, code: 'invalid-state', message: `A benchmark that is ${state} cannot be ${what}.` };
}
