import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger as QueueLogger, run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import { Pool } from 'pg';
import { CLIENT_SILENT_SECONDS_MAX, STATEMENT_SECONDS_MAX } from '@voice-transcriber/db';
import type { Logger } from '@voice-transcriber/telemetry';

/** A bell that rang while the notification was missed is heard after this. */
const POLL_MILLISECONDS = 500;
const RESTART_MILLISECONDS = 500;

export interface QueueRunnerOptions {
  readonly databaseUrl: string;
  readonly taskList: TaskList;
  readonly concurrency: number;
  readonly logger: Logger;
}

export interface QueueRunner {
  start(): void;
  /** The name under which rows are locked now. */
  readonly poolId: string | undefined;
  /** Takes no more work; what runs goes on to its end. Idempotent. */
  pause(): void;
  /** Takes work again, as soon as what was running has ended. Idempotent. */
  resume(): void;
  /** Takes no more work and resolves when what runs has ended. Idempotent. */
  stop(): Promise<void>;
}

/**
 * The queue's runner, started again whenever it gives up.
 *
 * It gives up when it cannot store the completion of a job, which happens when the database goes away at the wrong moment. Its rows stay
 * locked under the old pool's name; the reconciler frees them, because no living worker has that name any more.
 */
export function createQueueRunner({ databaseUrl, taskList, concurrency, logger }: QueueRunnerOptions): QueueRunner {
  let poolId: string | undefined;
  let runner: Runner | undefined;
  let stopped = false;
  /** Settled when work may be taken. */
  let gate = openGate();
  let loop: Promise<void> = Promise.resolve();

  async function runOnce(): Promise<void> {
    const pool = new Pool({
      connectionString: databaseUrl,
      max: concurrency + 3,
      connectionTimeoutMillis: 5000,
      statement_timeout: STATEMENT_SECONDS_MAX * 1000,
      idle_in_transaction_session_timeout: CLIENT_SILENT_SECONDS_MAX * 1000,
      keepAlive: true,
      application_name: 'voice-transcriber-queue',
    });
    // Connections that break are replaced; without listeners they would end the process.
    const onBroken = (error: Error): void => logger.debug({ err: error }, 'A queue connection broke.');
    pool.on('error', onBroken);
    pool.on('connect', (client) => client.on('error', onBroken));
    const events = new EventEmitter() as WorkerEvents;
    events.on('pool:create', ({ workerPool }) => (poolId = workerPool.id));
    try {
      runner = await run({
        pgPool: pool,
        taskList,
        concurrency,
        pollInterval: POLL_MILLISECONDS,
        noHandleSignals: true,
        parsedCronItems: [],
        events,
        logger: toQueueLogger(logger),
        // Batched completions are retried for minutes; single ones end in an unhandled rejection.
        preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      });
      if (stopped || gate.isClosed) await runner.stop();
      await runner.promise;
    } finally {
      runner = undefined;
      await pool.end().catch((error: unknown) => logger.debug({ err: error }, 'The queue pool did not end cleanly.'));
    }
  }

  async function keepRunning(): Promise<void> {
    while (!stopped) {
      await gate.passed;
      if (stopped) return;
      await runOnce().catch((error: unknown) =>
        logger.warn({ err: error }, 'The queue runner gave up and starts again.'),
      );
      if (!stopped) await delay(RESTART_MILLISECONDS);
    }
  }

  async function endRunner(): Promise<void> {
    await runner
      ?.stop()
      .catch((error: unknown) => logger.debug({ err: error }, 'The queue runner was stopping already.'));
  }

  return {
    start: () => void (loop = keepRunning()),
    get poolId() {
      return poolId;
    },
    pause() {
      if (gate.isClosed) return;
      gate = closeGate();
      void endRunner();
    },
    resume: () => gate.open(),
    async stop() {
      stopped = true;
      gate.open();
      await endRunner();
      await loop;
    },
  };
}

interface Gate {
  readonly isClosed: boolean;
  readonly passed: Promise<void>;
  open(): void;
}

function openGate(): Gate {
  return { isClosed: false, passed: Promise.resolve(), open: () => undefined };
}

function closeGate(): Gate {
  let isClosed = true;
  let pass = (): void => undefined;
  const passed = new Promise<void>((resolve) => (pass = resolve));
  return {
    get isClosed() {
      return isClosed;
    },
    passed,
    open() {
      isClosed = false;
      pass();
    },
  };
}

/** The queue is talkative: what it calls information is our debugging. Task failures are logged by their handlers. */
function toQueueLogger(logger: Logger): QueueLogger {
  return new QueueLogger(() => (level, message) => {
    const severity: string = level;
    if (severity === 'error') logger.warn({ queue: true }, message);
    else if (severity === 'warning') logger.info({ queue: true }, message);
    else logger.trace({ queue: true }, message);
  });
}
