import type { Logger } from './logger.js';

/** What a finished piece of work cost. */
export interface PerformanceMetrics {
  /** What was done: `prepare`, `chunk`, `finish`. */
  readonly operation: string;
  readonly durationSeconds: number;
  /** Resident bytes after minus before. */
  readonly memoryBytesChange?: number | undefined;
  readonly memoryBytesPeak?: number | undefined;
  /** Percent of one core: 200 = two cores busy all the time. */
  readonly cpuPercentMean?: number | undefined;
  readonly audioSeconds?: number | undefined;
  /** Ids and names that tell whose work it was. */
  readonly [fact: string]: string | number | boolean | null | undefined;
}

/** Writes one line about a finished piece of work, whatever the log level, unless LOG_PERFORMANCE_METRICS is off. */
export function logPerformance(logger: Logger, metrics: PerformanceMetrics): void {
  const { audioSeconds, durationSeconds } = metrics;
  const realTimeFactor =
    audioSeconds === undefined || durationSeconds <= 0 ? undefined : round(audioSeconds / durationSeconds);
  logger.performance({ ...metrics, realTimeFactor }, `${metrics.operation} took ${round(durationSeconds)} s`);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
