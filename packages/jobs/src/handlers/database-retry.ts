import { setTimeout as delay } from 'node:timers/promises';

const RETRY_MILLISECONDS = 200;
/**
 * Connection failures, restarts and shutdowns of the server, too many connections, deadlocks and serialisation failures, statement timeouts, and sessions that the
 * server ended because their process stood still in the middle of a transaction.
 */
const TRANSIENT_CODE =
  /^(08...|25P03|55P03|57P0.|53300|40001|40P01|57014|CONNECTION_.*|CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/;

/** Whether the same statement may work a moment later. */
export function isTransientDatabaseError(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as { code?: unknown };
    if (typeof code === 'string' && TRANSIENT_CODE.test(code)) return true;
    if (
      /^Connection terminated|server closed the connection|timeout exceeded when trying to connect/.test(
        current.message,
      )
    )
      return true;
  }
  return false;
}

/**
 * Repeats `work` while the database is away. What has been computed is not lost by a restart of the server, as long as the lease holds:
 * `signal` aborts when it does not, and its reason is thrown. `work` must be safe to run twice, for a commit's answer can get lost.
 */
export async function withDatabaseRetry<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!isTransientDatabaseError(error)) throw error;
      await delay(RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }
}
