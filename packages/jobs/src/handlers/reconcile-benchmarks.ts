import { sql } from 'drizzle-orm';
import { ringBenchmark } from '../commands/benchmark.js';
import { failDeadBenchmarks } from './benchmark-claim.js';
import type { ReconcilerDependencies } from './reconciler-dependencies.js';

/** A bell that rings is given this long to be heard before it counts as lost. */
const BELL_SECONDS = 5;

/** Ends benchmarks whose process died, and rings again for those that wait while no bell does. */
export async function reconcileBenchmarks({ db, logger }: ReconcilerDependencies): Promise<void> {
  const dead = await failDeadBenchmarks(db.orm);
  if (dead.length > 0) logger.warn({ runIds: dead }, 'Benchmarks died and are failed.');
  const waiting = await db.orm.execute<{ id: string }>(sql`
    select id from benchmark_runs r where state = 'queued' and created_at < now() - make_interval(secs => ${BELL_SECONDS})
      and not exists (select from graphile_worker.jobs j where j.key = 'benchmark:' || r.id and j.attempts < j.max_attempts)
      and not exists (
        select from graphile_worker.jobs j
        where j.task_identifier = 'run-benchmark' and j.locked_at > now() - make_interval(secs => ${BELL_SECONDS}))
    limit 20`);
  for (const { id } of waiting) await ringBenchmark(db.orm, id);
}
