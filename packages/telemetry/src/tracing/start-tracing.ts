import { useSpanMaker } from './trace-span.js';
import type { TracingOptions } from './tracing-options.js';

const SHUTDOWN_MILLISECONDS_MAX = 2_000;

export interface Tracing {
  /** Sends what is left, for two seconds at most: a collector that hangs must not hold up the end of a process. Never rejects. Idempotent. */
  shutdown(): Promise<void>;
}

/** Turns traces on for this process, if they are wanted. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  if (options.tracesUrl === undefined) return { shutdown: () => Promise.resolve() };
  const { createSpanExport } = await import('./span-export.js');
  const { maker, shutdown } = createSpanExport({ ...options, tracesUrl: options.tracesUrl });
  useSpanMaker(maker);
  let ending: Promise<void> | undefined;
  return {
    shutdown: () =>
      (ending ??= withinTime(shutdown())
        .catch((error: unknown) => options.logger.warn({ err: error }, 'The last spans were not sent.'))
        .finally(() => useSpanMaker(undefined))),
  };
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The collector did not answer in time.')), SHUTDOWN_MILLISECONDS_MAX);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
