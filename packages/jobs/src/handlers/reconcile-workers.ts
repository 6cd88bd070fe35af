import { sql } from 'drizzle-orm';
import { closedAttempt, endClosedAttempts, type ClosedAttempt } from './closed-attempt.js';
import { LEASE_SECONDS } from './lease.js';
import type { ReconcilerDependencies } from './reconciler-dependencies.js';

/** Any constant: all reconcilers meet here. */
const RECONCILER_LOCK_KEY = 7_205_406_119;
/** Lock free and silent for this long: dead. Two heartbeats. */
const SILENT_SECONDS = 4;
/**
 * Silent for this long: lost, whatever its lock says. A process that was stopped keeps its session, and so does, for a while, a machine that is gone; by now
 * every lease that it had is over.
 */
const SILENT_SECONDS_MAX = LEASE_SECONDS;
/** After a start of the server nobody holds a lock yet, and everybody's heartbeat is old: they get time to come back. */
const SERVER_START_SECONDS = 6;

const holdsLock = sql`exists (
  select from pg_locks
  where locktype = 'advisory' and granted and objsubid = 1
    and database = (select oid from pg_database where datname = current_database())
    and classid::bigint = workers.lock_key >> 32 and objid::bigint = workers.lock_key & 4294967295)`;

/**
 * Declares workers dead whose session lock is free and whose heartbeat is old, or that were silent for a whole lease. Returns how many; undefined when another reconciler is at it.
 *
 * A worker that only cannot reach the database for a moment looks the same: it is declared dead, finds its claims fenced, and its next
 * heartbeat takes the declaration back.
 */
export async function declareDeadWorkers({ db, logger, metrics }: ReconcilerDependencies): Promise<number | undefined> {
  const count = await db.orm.transaction(async (transaction) => {
    const [lock] = await transaction.execute<{ taken: boolean }>(
      sql`select pg_try_advisory_xact_lock(${RECONCILER_LOCK_KEY}) as taken`,
    );
    if (!lock?.taken) return undefined;
    const dead = await transaction.execute<{ id: string; host: string; pid: number }>(sql`
      update workers set state = 'lost', stopped_at = now(), slots_busy = 0, loaded_models = '[]'::jsonb,
        lost_reason = format('It sent no heartbeat for %s s and %s. It held %s of %s slots.', round(extract(epoch from now() - heartbeat_at)),
          case when ${holdsLock} then 'its database session stands still: the process was stopped, hangs, or cannot reach the database'
            else 'its database session is gone: the process was killed or crashed, or the machine went away' end, slots_busy, slots)
      where state in ('running', 'draining')
        and heartbeat_at < now() - make_interval(secs => ${SILENT_SECONDS})
        and pg_postmaster_start_time() < now() - make_interval(secs => ${SERVER_START_SECONDS})
        and (heartbeat_at < now() - make_interval(secs => ${SILENT_SECONDS_MAX}) or not ${holdsLock})
      returning id, host, pid`);
    for (const worker of dead) logger.warn({ worker }, 'A worker died; its work is given to others.');
    return dead.length;
  });
  if (count !== undefined) metrics.workersLost(count);
  return count;
}

/** Attempts whose worker died after its last commit and before it could close them: what it committed counts as succeeded. */
export async function closeAbandonedAttempts({ db }: ReconcilerDependencies): Promise<void> {
  const closed = await db.orm.execute<ClosedAttempt>(sql`
    update attempts a set finished_at = now(), duration_seconds = extract(epoch from now() - a.started_at),
      outcome = case when exists (select from chunks c where c.id = a.chunk_id and c.state = 'done' and c.token = a.token)
        then 'succeeded' else 'lost' end::attempt_outcome
    where a.outcome = 'running' and a.worker_id in (select id from workers where state in ('lost', 'stopped'))
      and not exists (select from chunks c where c.id = a.chunk_id and c.state = 'running' and c.token = a.token)
    returning ${closedAttempt(sql`a`)}`);
  endClosedAttempts(closed);
}

/**
 * Frees queue rows whose holder is no living worker's pool. The row is locked under the name of the pool (`workers.pool_id`), not of the
 * single runner in it. Fresh locks are left alone: a pool may be at work for a moment before its worker's row names it.
 */
export async function unlockDeadPools({ db }: ReconcilerDependencies): Promise<void> {
  await db.orm.execute(sql`
    select graphile_worker.force_unlock_workers(array_agg(distinct locked_by))
    from graphile_worker.jobs
    where locked_by is not null and locked_at < now() - make_interval(secs => ${SILENT_SECONDS})
      and locked_by not in (select pool_id from workers where state in ('running', 'draining') and pool_id is not null)
    having count(*) > 0`);
}
