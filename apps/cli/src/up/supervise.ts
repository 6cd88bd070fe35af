import { setTimeout as delay } from 'node:timers/promises';

export interface RunningService {
  pid: number;
  /** Resolves with a phrase such as `ended with signal SIGKILL`. */
  exited: Promise<string>;
  stop(): Promise<void>;
  /** At once, without clean-up. */
  kill(): void;
}

export interface SupervisedService {
  readonly name: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
  kill(): void;
}

interface SuperviseOptions {
  name: string;
  start: () => Promise<RunningService>;
  onRestart: (message: string) => void;
  /** Whether a clean end is wanted: a worker that an administrator stopped stays stopped. */
  mayEnd?: boolean;
}

/** What `exited` resolves with when a program ended as it should. */
export const CLEAN_END = 'ended with exit code 0';

const BACKOFF_MILLISECONDS = { first: 500, max: 10_000 };
/** A service that ran for this long is healthy: its next restart comes quickly again. */
const HEALTHY_MILLISECONDS = 60_000;

/**
 * Starts a service and starts it again whenever it ends by itself, later each time it fails soon, and for ever. Throws only
 * when the first start fails.
 */
export async function supervise({
  name,
  start,
  onRestart,
  mayEnd = false,
}: SuperviseOptions): Promise<SupervisedService> {
  const stopping = new AbortController();
  const first = await start();
  let current: RunningService | undefined = first;

  const keepRunning = async (): Promise<void> => {
    let waitMilliseconds = BACKOFF_MILLISECONDS.first;
    let startedAt = Date.now();
    let reason = await first.exited;
    while (!stopping.signal.aborted) {
      current = undefined;
      if (mayEnd && reason === CLEAN_END) {
        onRestart(`${name} was stopped and stays so until the next "vt up".`);
        return;
      }
      if (Date.now() - startedAt > HEALTHY_MILLISECONDS) waitMilliseconds = BACKOFF_MILLISECONDS.first;
      onRestart(`${name} ${reason}; starting it again in ${String(waitMilliseconds / 1000)} s.`);
      await delay(waitMilliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);
      waitMilliseconds = Math.min(waitMilliseconds * 2, BACKOFF_MILLISECONDS.max);
      if (stopping.signal.aborted) return;
      startedAt = Date.now();
      try {
        current = await start();
        onRestart(`${name} is running again (process ${String(current.pid)}).`);
        reason = await current.exited;
      } catch (error) {
        reason = `did not start: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
  };
  const kept = keepRunning();

  return {
    name,
    get pid() {
      return current?.pid;
    },
    async stop() {
      stopping.abort();
      await current?.stop();
      await kept;
    },
    kill() {
      stopping.abort();
      current?.kill();
    },
  };
}
