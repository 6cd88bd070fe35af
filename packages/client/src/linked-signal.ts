export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Takes the listeners off the signals that it follows, and ends its timer. Idempotent. */
  dispose(): void;
}

/**
 * Aborts as soon as one of the signals does, with its reason, or when the time is over, with a `TimeoutError`. Unlike AbortSignal.any and
 * AbortSignal.timeout it lives until it is disposed: Node 20 can lose those of which nobody holds more than a listener.
 */
export function linkSignals(
  signals: readonly (AbortSignal | null | undefined)[],
  { milliseconds }: { readonly milliseconds?: number } = {},
): LinkedSignal {
  const controller = new AbortController();
  const followed = signals.flatMap((signal) => (signal ? [{ signal, onAbort: () => end(signal.reason) }] : []));
  const timer =
    milliseconds === undefined
      ? undefined
      : setTimeout(
          () => end(new DOMException('The time is over.', 'TimeoutError')),
          Math.min(milliseconds, 2 ** 31 - 1),
        );

  function dispose(): void {
    clearTimeout(timer);
    for (const { signal, onAbort } of followed) signal.removeEventListener('abort', onAbort);
  }

  function end(reason: unknown): void {
    dispose();
    controller.abort(reason);
  }

  for (const { signal, onAbort } of followed) {
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  }
  return { signal: controller.signal, dispose };
}
