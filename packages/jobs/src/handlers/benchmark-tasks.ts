import { sql } from 'drizzle-orm';
import type { TaskList } from 'graphile-worker';
import { z } from 'zod';
import type { Database } from '@voice-transcriber/db';
import type { Logger } from '@voice-transcriber/telemetry';
import { ringBenchmark } from '../commands/benchmark.js';
import { finishBenchmark } from './benchmark-record.js';

/** The host is taken by another benchmark, or by transcriptions. */
const BUSY_RETRY_SECONDS = 10;

/** Carries out benchmarks in programs of their own: what is measured is then theirs alone. */
export interface BenchmarkPrograms {
  /** `busy`: nothing was begun, it may be tried later. `crashed`: the program died, in words. */
  run(
    runId: string,
  ): Promise<
    { readonly type: 'ended' } | { readonly type: 'busy' } | { readonly type: 'crashed'; readonly how: string }
  >;
}

export interface BenchmarkTaskDependencies {
  readonly db: Database;
  readonly programs: BenchmarkPrograms;
  readonly logger: Logger;
}

const benchmarkPayload = z.object({ v: z.literal(1), runId: z.uuid() });

/** The queue's task for benchmarks. Ringing twice is harmless: a run begins once, and one that has ended is left alone. */
export function createBenchmarkTasks({ db, programs, logger }: BenchmarkTaskDependencies): TaskList {
  return {
    'run-benchmark': async (payload) => {
      const { runId } = benchmarkPayload.parse(payload);
      if (!(await isWaiting(db, runId))) return;
      const outcome = await programs.run(runId);
      if (outcome.type === 'busy') await ringBenchmark(db.orm, runId, { delaySeconds: BUSY_RETRY_SECONDS });
      if (outcome.type !== 'crashed') return;
      logger.warn({ runId, how: outcome.how }, 'A benchmark died.');
      const message = `The process that measured ${outcome.how}. What it had measured is kept; start the benchmark again.`;
      await finishBenchmark(db.orm, runId, { state: 'failed', error: { code: 'benchmark-crashed', message } });
    },
  };
}

async function isWaiting(db: Database, runId: string): Promise<boolean> {
  const rows = await db.orm.execute(sql`select from benchmark_runs where id = ${runId} and state = 'queued'`);
  return rows.length > 0;
}
