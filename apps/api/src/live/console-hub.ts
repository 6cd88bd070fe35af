import {
  findLastMetricSampleId,
  findTranscriptionSummaries,
  listMetricSamples,
  listMetricSamplesAfter,
  listRecentlyChangedIds,
  listWorkers,
  readQueueSummary,
  type Database,
} from '@voice-transcriber/db';
import { followAll, WakeUp, type EventBell } from '@voice-transcriber/events';
import type { ModelStore } from '@voice-transcriber/inference';
import type { Logger } from '@voice-transcriber/telemetry';
import { setTimeout as wait } from 'node:timers/promises';
import { followModels } from './follow-models.js';
import { linkAbort } from './link-abort.js';
import { ConsoleMailbox, type ConsoleEvent } from './console-mailbox.js';
import { paceChanges } from './pace-changes.js';

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

const JOB_INTERVAL_MILLISECONDS = 250;
/** Whatever is committed meanwhile is read together: bounds the statements, and how late a change comes. */
const GATHER_MILLISECONDS = 50;
const QUEUE_INTERVAL_MILLISECONDS = 250;
const SYSTEM_INTERVAL_MILLISECONDS = 1000;
const RETRY_MILLISECONDS = 1000;
const IDLE_MILLISECONDS = 30_000;
const SNAPSHOT_MINUTES = 5;
const SNAPSHOT_SAMPLES_MAX = 600;
const CHANGED_MAX = 500;
const WORKERS_MAX = 100;

/** Reads for all console subscribers at once: their number costs no statements. Reads nothing while there are none. */
export function createConsoleHub({
  db,
  bell,
  modelStore,
  logger,
}: {
  db: Database;
  bell: EventBell;
  modelStore: ModelStore;
  logger: Logger;
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
      keepGoing(signal, logger, (awaySeconds) => followJobs({ db, bell, signal, broadcast, tellQueue, awaySeconds })),
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

/** Sends each changed job at most four times a second, as it is then. */
async function followJobs(
  options: Follow & { readonly bell: EventBell; readonly awaySeconds: number | undefined },
): Promise<void> {
  const { db, broadcast, tellQueue, awaySeconds } = options;
  if (awaySeconds !== undefined) {
    const ids = await listRecentlyChangedIds(db.orm, { seconds: awaySeconds, limit: CHANGED_MAX });
    await sendJobs(db, ids, broadcast);
  }
  let queueToldAt = 0;
  for await (const ids of paceChanges(changedJobs(options), { intervalMilliseconds: JOB_INTERVAL_MILLISECONDS })) {
    await sendJobs(db, ids, broadcast);
    // What changes in between is told by the look that is taken every second.
    if (Date.now() - queueToldAt < QUEUE_INTERVAL_MILLISECONDS) continue;
    queueToldAt = Date.now();
    await tellQueue();
  }
}

async function* changedJobs({
  db,
  bell,
  signal,
}: Follow & { readonly bell: EventBell }): AsyncGenerator<readonly string[], void, undefined> {
  for await (const rows of followAll({ db, bell }, { signal })) {
    yield [...new Set(rows.map(({ transcriptionId }) => transcriptionId))];
    await wait(GATHER_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}

async function sendJobs(db: Database, ids: readonly string[], broadcast: Follow['broadcast']): Promise<void> {
  const rows = new Map((await findTranscriptionSummaries(db.orm, { ids })).map((row) => [row.id, row]));
  for (const id of ids) {
    const transcription = rows.get(id);
    if (transcription === undefined) broadcast({ __typename: 'TranscriptionDeleted', transcriptionId: id });
    else broadcast({ __typename: 'TranscriptionChanged', transcription });
  }
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
