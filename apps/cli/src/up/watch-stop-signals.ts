import { EXIT_CODES } from '../cli-error.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and a program that forwards signals may both send the same Ctrl-C. */
const ONE_PRESS_MILLISECONDS = 300;

export interface StopSignals {
  /** Aborts at the first signal. */
  stopped: AbortSignal;
  dispose(): void;
}

/** The first Ctrl-C (or SIGTERM, or the terminal's end) stops in order; the second ends the process at once. */
export function watchStopSignals({ onFirst, onSecond }: { onFirst: () => void; onSecond: () => void }): StopSignals {
  const stopping = new AbortController();
  let firstAt = 0;
  const take = (): void => {
    if (!stopping.signal.aborted) {
      firstAt = Date.now();
      onFirst();
      stopping.abort();
    } else if (Date.now() - firstAt > ONE_PRESS_MILLISECONDS) {
      onSecond();
      process.exit(EXIT_CODES.interrupted);
    }
  };
  for (const signal of SIGNALS) process.on(signal, take);
  return {
    stopped: stopping.signal,
    dispose() {
      for (const signal of SIGNALS) process.off(signal, take);
    },
  };
}
