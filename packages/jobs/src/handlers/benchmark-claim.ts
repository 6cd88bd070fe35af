import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { connectionOptions, type Queryable } from '@voice-transcriber/db';
import type { Logger } from '@voice-transcriber/telemetry';

/** Any constant: with the host's hash it names the place in which one benchmark runs at a time. */
const BENCHMARK_LOCK_CLASS = 720_540_612;
const HEARTBEAT_MILLISECONDS = 1000;

export interface BenchmarkClaim {
  /** Keeps a run alive until the claim is released. `onEnd` is called once when a person cancelled it, or when it is somebody else's by now. */
  watch(runId: string, onEnd: (reason: 'cancelled' | 'lost') => void): void;
  /** Lets go of the host. Idempotent. */
  release(): Promise<void>;
}

/**
 * Takes the host for one benchmark. Undefined when another one runs there: two at once would measure each other.
 *
 * The lock belongs to a session of its own, so that it is free the moment the process dies.
 */
export async function claimBenchmarkHost(options: {
  readonly databaseUrl: string;
  readonly host: string;
  readonly logger: Logger;
}): Promise<BenchmarkClaim | undefined> {
  const { host, logger } = options;
  const client = postgres(options.databaseUrl, {
    ...connectionOptions('voice-transcriber-benchmark-claim'),
    max: 1,
    max_lifetime: null,
  });
  const orm = drizzle(client);
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> = Promise.resolve();
  let released: Promise<void> | undefined;
  let lockedSession: number | undefined;

  /** Bound to the session: after a reconnect it has to be taken again. */
  async function holdLock(): Promise<boolean> {
    const [session] = await orm.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    if (session === undefined) return false;
    if (session.pid === lockedSession) return true;
    const [lock] = await orm.execute<{ taken: boolean }>(
      sql`select pg_try_advisory_lock(${BENCHMARK_LOCK_CLASS}::int, hashtext(${host})) as taken`,
    );
    if (lock?.taken === true) lockedSession = session.pid;
    return lock?.taken === true;
  }

  async function beat(runId: string): Promise<'cancelled' | 'lost' | undefined> {
    await holdLock();
    const [run] = await orm.execute<{ cancel_requested: boolean }>(
      sql`update benchmark_runs set heartbeat_at = now() where id = ${runId} and state = 'running' returning cancel_requested`,
    );
    if (run === undefined) return 'lost';
    return run.cancel_requested ? 'cancelled' : undefined;
  }

  const release = (): Promise<void> =>
    (released ??= (async () => {
      clearTimeout(timer);
      await beating;
      await client.end({ timeout: 2 });
    })());

  if (!(await holdLock())) {
    await release();
    return undefined;
  }
  return {
    watch(runId, onEnd) {
      const schedule = (): void => {
        timer = setTimeout(() => {
          beating = beat(runId)
            .then((reason) => {
              if (released !== undefined) return;
              if (reason === undefined) schedule();
              else onEnd(reason);
            })
            .catch((error: unknown) => {
              // Measuring needs no database: the next heartbeat tries again.
              logger.warn({ err: error }, 'A heartbeat of the benchmark failed.');
              if (released === undefined) schedule();
            });
        }, HEARTBEAT_MILLISECONDS);
      };
      schedule();
    },
    release,
  };
}

/** SQL condition: nobody holds the host of this row of benchmark_runs. */
const hostIsFree = sql`not exists (
  select from pg_locks
  where locktype = 'advisory' and granted and objsubid = 2 and classid::bigint = ${BENCHMARK_LOCK_CLASS}::bigint
    and database = (select oid from pg_database where datname = current_database())
    and objid::bigint = (hashtext(benchmark_runs.host)::bigint & 4294967295))`;

/** Missed heartbeats after which a run without a lock counts as dead. */
const SILENT_SECONDS = 4;
/** After a start of the server nobody holds a lock yet: runs get time to come back. */
const SERVER_START_SECONDS = 6;

/** Ends runs whose process is gone: `failed`, with what was measured. Safe to call from anywhere, any number of times. Returns their ids. */
export async function failDeadBenchmarks(db: Queryable): Promise<string[]> {
  const dead = await db.execute<{ id: string }>(sql`
    update benchmark_runs set state = 'failed', finished_at = now(), revision = revision + 1,
      error = jsonb_build_object('code', 'benchmark-interrupted',
        'message', 'The process that measured ended before it was done. What it had measured is kept; start the benchmark again.')
    where state = 'running' and heartbeat_at < now() - make_interval(secs => ${SILENT_SECONDS})
      and pg_postmaster_start_time() < now() - make_interval(secs => ${SERVER_START_SECONDS}) and ${hostIsFree}
    returning id`);
  return [...dead].map(({ id }) => id);
}

/** For whoever has just claimed the host: whatever else is said to run there does not. */
export async function failOtherBenchmarks(db: Queryable, { host }: { readonly host: string }): Promise<void> {
  await db.execute(sql`
    update benchmark_runs set state = 'failed', finished_at = now(), revision = revision + 1,
      error = jsonb_build_object('code', 'benchmark-interrupted',
        'message', 'The process that measured ended before it was done. What it had measured is kept; start the benchmark again.')
    where state = 'running' and host = ${host}`);
}
