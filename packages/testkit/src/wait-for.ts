import { setTimeout as delay } from 'node:timers/promises';

export interface WaitForOptions {
  timeoutMilliseconds: number;
  intervalMilliseconds?: number;
  /** What is waited for: told when it does not come. */
  what?: string;
}

/**
 * Asks again and again until the answer is neither false, undefined nor null, and returns it. Throws when the time is over,
 * with the last answer or the last error: a check may throw while what it looks at is not there yet.
 */
export async function waitFor<Result>(
  check: () => Result | Promise<Result>,
  { timeoutMilliseconds, intervalMilliseconds = 25, what = 'the condition' }: WaitForOptions,
): Promise<Exclude<Result, false | undefined | null>> {
  const end = Date.now() + timeoutMilliseconds;
  let last: unknown;
  do {
    try {
      const result = await check();
      if (result !== false && result !== undefined && result !== null)
        return result as Exclude<Result, false | undefined | null>;
      last = result;
    } catch (error) {
      last = error;
    }
    await delay(intervalMilliseconds);
  } while (Date.now() < end);
  const cause = last instanceof Error ? last : undefined;
  throw new Error(
    `Waited ${String(timeoutMilliseconds)} ms for ${what} in vain; last: ${String(cause?.message ?? last)}`,
    { cause },
  );
}
