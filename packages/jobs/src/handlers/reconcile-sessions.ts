import { sql } from 'drizzle-orm';
import { APPLICATION_NAME_PREFIX, CLIENT_SILENT_SECONDS_MAX } from '@voice-transcriber/db';
import type { ReconcilerDependencies } from './reconciler-dependencies.js';

/**
 * Ends sessions of ours that stand in a transaction while their process says nothing: it was stopped, or its machine is gone. Their locks would hold up
 * everybody else's work on the same rows.
 *
 * The server's own timeouts do not see all of them. The driver asks for the types of a statement's parameters before it sends their values, and a process that
 * stops in between leaves its session neither idle nor at work on a statement, for which no timeout counts (but `transaction_timeout`, since PostgreSQL 17).
 */
export async function endSilentSessions({ db, logger }: ReconcilerDependencies): Promise<void> {
  // Materialized, for otherwise the planner may end sessions before it looks at the other conditions.
  const ended = await db.orm.execute<{ pid: number; application: string; state: string; seconds: number }>(sql`
    with silent as materialized (
      select pid, application_name as application, state, extract(epoch from now() - state_change)::float8 as seconds
      from pg_stat_activity
      where datname = current_database() and usename = current_user and application_name like ${`${APPLICATION_NAME_PREFIX}%`}
        and xact_start is not null and wait_event = 'ClientRead'
        and state_change < now() - make_interval(secs => ${CLIENT_SILENT_SECONDS_MAX})
    )
    select * from silent where pg_terminate_backend(pid)`);
  for (const session of ended) logger.warn({ session }, 'A session stood still in a transaction and was ended.');
}
