export interface LinkedAbort {
  /** Aborts as soon as one of the given signals does. */
  readonly signal: AbortSignal;
  /** Lets go of the given signals, which may live much longer. Idempotent. */
  readonly unlink: () => void;
}

/** AbortSignal.any without its dependence on garbage collection: in Node 20 a combined signal may be collected before it fires. */
export function linkAbort(...signals: readonly AbortSignal[]): LinkedAbort {
  const controller = new AbortController();
  const unlink = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', abort);
  };
  function abort(this: AbortSignal): void {
    unlink();
    controller.abort(this.reason);
  }
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener('abort', abort);
  }
  return { signal: controller.signal, unlink };
}
