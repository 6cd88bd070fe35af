import type { BenchmarkErrors, BenchmarkResult } from './benchmark-run.js';
import { errorRateInterval, pooledRate } from './bootstrap.js';
import { describeDistribution, mean, type Distribution, type Interval } from './statistics.js';

export interface RateSummary {
  /** 0.05 = one error in twenty. Above 1 when much was invented. */
  readonly rate: number;
  /** 95 %; undefined with fewer than two recordings. */
  readonly interval: Interval | undefined;
  readonly errors: number;
  readonly length: number;
}

/** What the raw figures of a cell come to. */
export interface ResultSummary {
  readonly duration: Distribution;
  /** Average duration over audio: 0.1 = ten minutes in one. */
  readonly realTimeFactor: number;
  /** Its inverse: audio seconds per wall second. */
  readonly speed: number;
  readonly firstWindowSeconds: number;
  readonly memoryBytesPeak: number;
  readonly memoryBytesAverage: number;
  readonly treeMemoryBytesPeak: number;
  /** Per iteration. */
  readonly cpuSeconds: number;
  /** 100 = one core kept busy all the time. */
  readonly cpuPercent: number;
  /** Cores that other programs kept busy meanwhile. */
  readonly otherCores: number;
  readonly wordErrors: RateSummary | undefined;
  readonly characterErrors: RateSummary | undefined;
}

/** Undefined when nothing was measured. */
export function summarizeResult(result: BenchmarkResult): ResultSummary | undefined {
  const { iterations, clips, audioSeconds } = result;
  const duration = describeDistribution(iterations.map(({ durationSeconds }) => durationSeconds));
  if (duration === undefined) return undefined;
  const average = (figureOf: (iteration: (typeof iterations)[number]) => number) => mean(iterations.map(figureOf));
  const cpuSeconds = average((iteration) => iteration.cpuSeconds);
  return {
    duration,
    realTimeFactor: duration.average / audioSeconds,
    speed: audioSeconds / duration.average,
    firstWindowSeconds: average(({ firstWindowSeconds }) => firstWindowSeconds),
    memoryBytesPeak: Math.max(...iterations.map(({ memoryBytesPeak }) => memoryBytesPeak)),
    memoryBytesAverage: average(({ memoryBytesAverage }) => memoryBytesAverage),
    treeMemoryBytesPeak: Math.max(...iterations.map(({ treeMemoryBytesPeak }) => treeMemoryBytesPeak)),
    cpuSeconds,
    cpuPercent: (cpuSeconds / duration.average) * 100,
    otherCores: average(({ otherCpuSeconds }) => otherCpuSeconds) / duration.average,
    wordErrors: summarizeRate(clips.map(({ words }) => words)),
    characterErrors: summarizeRate(clips.map(({ characters }) => characters)),
  };
}

function summarizeRate(all: readonly (BenchmarkErrors | null)[]): RateSummary | undefined {
  const counts = all.filter((count) => count !== null);
  const rate = pooledRate(counts);
  if (rate === undefined) return undefined;
  return {
    rate,
    interval: errorRateInterval(counts),
    errors: counts.reduce((total, { errors }) => total + errors, 0),
    length: counts.reduce((total, { length }) => total + length, 0),
  };
}
