export interface FailureLimit {
  /** Seconds to wait before the next try, or undefined when one may be made now. */
  waitSeconds(who: string): number | undefined;
  failed(who: string): void;
  succeeded(who: string): void;
}

interface Failures {
  count: number;
  windowStartedAt: number;
}

/** Counts failures per address in fixed windows. Memory is bounded: the address heard of longest ago is forgotten first. */
export function createFailureLimit(options: {
  readonly failuresMax: number;
  readonly windowSeconds: number;
  readonly addressesMax?: number;
  readonly now?: () => number;
}): FailureLimit {
  const now = options.now ?? Date.now;
  const addressesMax = options.addressesMax ?? 10_000;
  const windowMilliseconds = options.windowSeconds * 1000;
  const failures = new Map<string, Failures>();

  function current(who: string): Failures | undefined {
    const known = failures.get(who);
    if (known !== undefined && now() - known.windowStartedAt >= windowMilliseconds) {
      failures.delete(who);
      return undefined;
    }
    return known;
  }

  return {
    waitSeconds(who) {
      const known = current(who);
      if (known === undefined || known.count < options.failuresMax) return undefined;
      return Math.ceil((known.windowStartedAt + windowMilliseconds - now()) / 1000);
    },
    failed(who) {
      const known = current(who) ?? { count: 0, windowStartedAt: now() };
      failures.delete(who);
      failures.set(who, { ...known, count: known.count + 1 });
      const oldest = failures.keys().next().value;
      if (failures.size > addressesMax && oldest !== undefined) failures.delete(oldest);
    },
    succeeded(who) {
      failures.delete(who);
    },
  };
}
