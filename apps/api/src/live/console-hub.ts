import {
  findLastMetricSampleId,
  listMetricSamples,
  listMetricSamplesAfter,
  listWorkers,
  readQueueSummary,
  type Database,
} from '@voice-transcriber/db';
import { WakeUp, type EventBell } from '@voice-transcriber/events';
import type { ModelStore } from '@voice-transcriber/inference';
import type { Logger } from '@voice-transcriber/telemetry';
import type { ApiMetrics } from '@voice-transcriber/telemetry/metrics';
import { setTimeout as wait } from 'node:timers/promises';
import { followJobs } from './follow-jobs.js';
import { followModels } from './follow-models.js';
import { linkAbort } from './link-abort.js';
import { ConsoleMailbox, type ConsoleEvent } from './console-mailbox.js';

export interface ConsoleHub {
  /** A snapshot, then what changes. Ends when `signal` aborts or the hub closes. */
  subscribe(signal: AbortSignal): AsyncGenerator<ConsoleEvent, void, undefined>;
  /** Ends all subscriptions. Idempotent. */
  close(): Promise<void>;
}

interface Subscriber {
  readonly mailbox: ConsoleMailbox;
  readonly wakeUp: WakeUp;
}

const SYSTEM_INTERVAL_MILLISECONDS = 1000;
const RETRY_MILLISECONDS = 1000;
const IDLE_MILLISECONDS = 30_000;
const SNAPSHOT_MINUTES = 5;
const SNAPSHOT_SAMPLES_MAX = 600;
const WORKERS_MAX = 100;

/** Reads for all console subscribers at once: their number costs no statements. Reads nothing while there are none. */
export function createConsoleHub({
  db,
  bell,
  modelStore,
  logger,
  metrics,
}: {
  db: Database;
  bell: EventBell;
  modelStore: ModelStore;
  logger: Logger;
  metrics: Pick<ApiMetrics, 'eventDelivered'>;
}): ConsoleHub {
  const subscribers = new Set<Subscriber>();
  const closed = new AbortController();
  let running: { readonly stop: AbortController; readonly done: Promise<unknown> } | undefined;

  const broadcast = (event: ConsoleEvent): void => {
    for (const { mailbox, wakeUp } of subscribers) {
      mailbox.put(event);
      wakeUp.ring();
    }
  };

  const start = (): void => {
    if (running !== undefined) return;
    const stop = new AbortController();
    const { signal } = linkAbort(stop.signal, closed.signal);
    const tellQueue = createQueueTeller({ db, broadcast });
    const tasks = [
      keepGoing(signal, logger, (awaySeconds) =>
        followJobs({ db, bell, metrics, signal, broadcast, tellQueue, awaySeconds }),
      ),
      keepGoing(signal, logger, () => followSystem({ db, signal, broadcast, tellQueue })),
      keepGoing(signal, logger, () => followModels({ db, modelStore, signal, broadcast })),
    ];
    running = { stop, done: Promise.all(tasks) };
  };

  return {
    async *subscribe(signal) {
      const subscriber = { mailbox: new ConsoleMailbox(), wakeUp: new WakeUp() };
      const { signal: either, unlink } = linkAbort(signal, closed.signal);
      subscribers.add(subscriber);
      start();
      try {
        yield await readSnapshot(db);
        while (!either.aborted) {
          const event = subscriber.mailbox.take();
          if (event === undefined) await subscriber.wakeUp.wait(IDLE_MILLISECONDS, either);
          else yield event;
        }
      } finally {
        unlink();
        subscribers.delete(subscriber);
        if (subscribers.size === 0) {
          running?.stop.abort();
          running = undefined;
        }
      }
    },
    async close() {
      closed.abort();
      await running?.done;
    },
  };
}

interface Follow {
  readonly db: Database;
  readonly signal: AbortSignal;
  readonly broadcast: (event: ConsoleEvent) => void;
  readonly tellQueue: () => Promise<void>;
}

/** Sends the queue when it differs from what was told last, by whomever. */
function createQueueTeller({ db, broadcast }: Pick<Follow, 'db' | 'broadcast'>): Follow['tellQueue'] {
  let told = '';
  return async () => {
    const queue = await readQueueSummary(db.orm);
    // The age of the oldest grows by itself; that alone is no change.
    const now = JSON.stringify({ ...queue, oldestWaitingSeconds: null });
    if (now !== told) broadcast({ __typename: 'QueueChanged', queue });
    told = now;
  };
}

/** Once a second: new readings of the machines; workers and queue when they differ from the last look. */
async function followSystem({ db, signal, broadcast, tellQueue }: Follow): Promise<void> {
  let lastSampleId = await findLastMetricSampleId(db.orm);
  let workersSeen = '';
  while (!signal.aborted) {
    for (const sample of await listMetricSamplesAfter(db.orm, { afterId: lastSampleId, limit: SNAPSHOT_SAMPLES_MAX })) {
      lastSampleId = sample.id;
      broadcast({ __typename: 'ResourcesSampled', sample });
    }
    const workers = await listWorkers(db.orm, { includeStopped: false, limit: WORKERS_MAX });
    const workersNow = JSON.stringify(workers);
    if (workersNow !== workersSeen) broadcast({ __typename: 'WorkersChanged', workers });
    workersSeen = workersNow;
    await tellQueue();
    await wait(SYSTEM_INTERVAL_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}

/** Runs until `signal` aborts, again after every failure; `run` learns how many seconds back it may have missed something. */
async function keepGoing(
  signal: AbortSignal,
  logger: Logger,
  run: (awaySeconds: number | undefined) => Promise<void>,
): Promise<void> {
  let startedAt = Date.now();
  let awaySeconds: number | undefined;
  while (!signal.aborted) {
    try {
      startedAt = Date.now();
      await run(awaySeconds);
      awaySeconds = undefined;
    } catch (error) {
      if (signal.aborted) return;
      awaySeconds = (awaySeconds ?? 0) + (Date.now() - startedAt + 2 * RETRY_MILLISECONDS) / 1000;
      logger.warn({ error }, 'The console stream lost the database; trying again');
      await wait(RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function readSnapshot(db: Database): Promise<ConsoleEvent> {
  const [queue, workers, resources] = await Promise.all([
    readQueueSummary(db.orm),
    listWorkers(db.orm, { includeStopped: false, limit: WORKERS_MAX }),
    listMetricSamples(db.orm, { minutes: SNAPSHOT_MINUTES, limit: SNAPSHOT_SAMPLES_MAX }),
  ]);
  return { __typename: 'ConsoleSnapshot', queue, workers, resources };
}
