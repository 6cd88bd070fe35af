import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { connectionOptions, workers, type WorkerCommand } from '@voice-transcriber/db';
import type { Logger } from '@voice-transcriber/telemetry';
import { heartbeat, type WorkerFacts } from './heartbeat.js';
import type { JobMetrics } from './job-metrics.js';
import { WorkDroppedError, type HeldClaim, type Lease } from './lease.js';

export const HEARTBEAT_MILLISECONDS = 2000;
/** Two seconds before the lease ends on the database's clock: work is dropped here before anybody else can take it. */
export const HEARTBEAT_LOST_MILLISECONDS = 8000;
const CHECK_MILLISECONDS = 250;

export type WorkerRegistration = Omit<typeof workers.$inferInsert, 'id' | 'lockKey' | 'state'>;

export interface LeaseKeeperOptions {
  readonly databaseUrl: string;
  readonly workerId: string;
  readonly registration: WorkerRegistration;
  readonly logger: Logger;
  /** Read at every heartbeat. */
  readonly describe: () => WorkerFacts;
  /** What an administrator wants of this worker, whenever that changes; null = work. */
  readonly onCommand?: (command: WorkerCommand | null) => void;
  readonly metrics: Pick<JobMetrics, 'writeFenced'>;
}

export interface LeaseKeeper {
  /** Registers the worker, takes its session lock and begins the heartbeats. Rejects when the database cannot be reached. */
  start(): Promise<void>;
  /** Keeps a fresh claim alive until it is forgotten or lost. */
  hold(claim: HeldClaim): Lease;
  /** Looks at all leases now: commands that take work away ring for it. */
  checkNow(): Promise<void>;
  /** Asks all work to stop at the next window border. */
  stopAll(): void;
  /** Drops what is still held. */
  dropAll(): void;
  readonly heldCount: number;
  /** Milliseconds since the database last answered a heartbeat. */
  heartbeatAgeMilliseconds(): number;
  /** A write found its claim gone. */
  countFencedWrite(): void;
  /** Says goodbye in the workers table and frees the lock. Idempotent. */
  dispose(): Promise<void>;
}

interface Held extends HeldClaim {
  readonly controller: AbortController;
  readonly stopController: AbortController;
}

/** One row for each claim that is still held; a single one without a claim when there is none. */
interface Answer extends Record<string, unknown> {
  readonly id: string | null;
  readonly state: string | null;
  readonly queue_paused: boolean;
  readonly command: WorkerCommand | null;
}

/**
 * Proves to the database that this worker lives, and to the worker that its claims are still its own.
 *
 * All runs on one connection of its own, so that a busy pool cannot delay a heartbeat, and so that the session lock on it goes the moment
 * the process does: others see a dead worker without waiting for its leases to end.
 */
export function createLeaseKeeper(options: LeaseKeeperOptions): LeaseKeeper {
  const { workerId, logger } = options;
  const lockKey = lockKeyOf(workerId);
  const client = postgres(options.databaseUrl, {
    ...connectionOptions('voice-transcriber-heartbeat'),
    max: 1,
    max_lifetime: null,
  });
  const orm = drizzle(client);
  const held = new Map<string, Held>();
  let lockedBackend: number | undefined;
  let lastBeat = performance.now();
  let fencedWrites = 0;
  let command: WorkerCommand | null = null;
  let allStop = false;
  let stopping = false;
  let running: Promise<void> | undefined;
  let beatTimer: NodeJS.Timeout | undefined;
  let checkTimer: NodeJS.Timeout | undefined;
  let disposed: Promise<void> | undefined;

  function drop(lease: Held, code: WorkDroppedError['code']): void {
    if (held.get(keyOf(lease)) === lease) held.delete(keyOf(lease));
    lease.controller.abort(new WorkDroppedError(code));
  }

  function countFencedWrite(): void {
    fencedWrites += 1;
    options.metrics.writeFenced();
  }

  /** The lock is bound to the session: after a reconnect it has to be taken again. */
  async function holdLock(): Promise<void> {
    const [session] = await orm.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    if (session?.pid === lockedBackend) return;
    // After a broken connection the server may keep the old session's lock for a moment: the next heartbeat tries again.
    const [lock] = await orm.execute<{ taken: boolean }>(sql`select pg_try_advisory_lock(${lockKey}) as taken`);
    if (lock?.taken) lockedBackend = session?.pid;
  }

  async function beat(): Promise<void> {
    await holdLock();
    const leases = [...held.values()];
    const counted = fencedWrites;
    const answers = await orm.execute<Answer>(heartbeat(workerId, options.describe(), leases, counted));
    fencedWrites -= counted;
    lastBeat = performance.now();
    const wanted = answers[0]?.command ?? null;
    if (wanted !== command) options.onCommand?.(wanted);
    command = wanted;
    const mine = new Map([...answers].map((answer) => [answer.id, answer]));
    for (const lease of leases) {
      const answer = mine.get(lease.id);
      if (!answer) await dropTaken(lease);
      else if (lease.kind === 'chunk' && (answer.queue_paused || answer.state === 'paused'))
        lease.stopController.abort();
    }
  }

  /** The claim is not ours any more: a person took it away, or another worker has it because we were silent for too long. */
  async function dropTaken(lease: Held): Promise<void> {
    const [row] = await orm.execute<{ state: string }>(
      sql`select state::text as state from transcriptions where id = ${lease.transcriptionId}`,
    );
    // Meanwhile its work may have ended in the regular way.
    if (held.get(keyOf(lease)) !== lease) return;
    const stillRuns = row !== undefined && ['preparing', 'transcribing', 'finishing'].includes(row.state);
    if (stillRuns) countFencedWrite();
    drop(lease, stillRuns ? 'fenced' : 'cancelled');
  }

  /** One at a time; whoever asks while one runs gets a fresh one after it. */
  async function beatOnce(): Promise<void> {
    const previous = running;
    const next = (async () => {
      await previous;
      await beat().catch((error: unknown) => logger.warn({ err: error }, 'A heartbeat failed.'));
    })();
    running = next;
    await next;
    if (running === next) running = undefined;
  }

  function scheduleBeat(): void {
    beatTimer = setTimeout(() => void beatOnce().then(() => !stopping && scheduleBeat()), HEARTBEAT_MILLISECONDS);
  }

  function dropWhatMayBeLost(): void {
    if (performance.now() - lastBeat < HEARTBEAT_LOST_MILLISECONDS || held.size === 0) return;
    logger.error({ leases: held.size }, 'The database could not be reached for too long: dropping the work.');
    for (const lease of [...held.values()]) {
      countFencedWrite();
      drop(lease, 'heartbeat-lost');
    }
  }

  return {
    async start() {
      await orm.insert(workers).values({ ...options.registration, id: workerId, lockKey });
      await beat();
      scheduleBeat();
      checkTimer = setInterval(dropWhatMayBeLost, CHECK_MILLISECONDS);
    },
    hold(claim) {
      const lease: Held = { ...claim, controller: new AbortController(), stopController: new AbortController() };
      if (allStop) lease.stopController.abort();
      held.set(keyOf(claim), lease);
      return {
        ...claim,
        signal: lease.controller.signal,
        stopSignal: lease.stopController.signal,
        forget: () => {
          if (held.get(keyOf(lease)) === lease) held.delete(keyOf(lease));
        },
      };
    },
    checkNow: beatOnce,
    stopAll() {
      allStop = true;
      for (const lease of held.values()) lease.stopController.abort();
    },
    dropAll() {
      for (const lease of [...held.values()]) drop(lease, 'draining');
    },
    get heldCount() {
      return held.size;
    },
    heartbeatAgeMilliseconds: () => performance.now() - lastBeat,
    countFencedWrite,
    dispose() {
      return (disposed ??= (async () => {
        stopping = true;
        clearTimeout(beatTimer);
        clearInterval(checkTimer);
        await running;
        await orm
          .execute(
            sql`
            update workers set state = 'stopped', stopped_at = now(), slots_busy = 0, loaded_models = '[]'::jsonb,
              fenced_writes = fenced_writes + ${fencedWrites} where id = ${workerId}`,
          )
          .catch((error: unknown) => logger.warn({ err: error }, 'The worker could not say goodbye.'));
        await client.end({ timeout: 2 });
      })());
    },
  };
}

const keyOf = ({ kind, id }: HeldClaim): string => `${kind}:${id}`;

/** A positive 53-bit number from the id's first 13 hexadecimal digits: bigint locks take more, JavaScript's numbers do not. */
function lockKeyOf(workerId: string): number {
  return Number.parseInt(workerId.replaceAll('-', '').slice(0, 13), 16);
}
