import { busyCpuSeconds, processTreeUsage } from '@voice-transcriber/telemetry';
import type { BenchmarkIteration } from '../benchmark-run.js';

/** Often enough to see the buffers of a single window, rare enough to cost nothing that shows. */
const SAMPLE_MILLISECONDS = 100;

export type ResourceUse = Pick<
  BenchmarkIteration,
  'cpuSeconds' | 'otherCpuSeconds' | 'memoryBytesPeak' | 'memoryBytesAverage' | 'treeMemoryBytesPeak'
>;

export interface ResourceMeter {
  /** What was used since the start. Ends the watching; a second call gives the same answer. */
  stop(): Promise<ResourceUse>;
}

interface Reading {
  readonly modelBytes: number;
  readonly treeBytes: number;
  readonly cpuSeconds: number;
  readonly busySeconds: number;
}

/** Watches this program and all below it. `modelPid` tells the inference process, which may be replaced meanwhile. */
export async function startResourceMeter(modelPid: () => number | undefined): Promise<ResourceMeter> {
  const readings: Reading[] = [];
  const look = async (): Promise<Reading> => {
    const pid = modelPid();
    const [tree, model] = await Promise.all([
      processTreeUsage(process.pid),
      pid === undefined ? undefined : processTreeUsage(pid),
    ]);
    const reading = {
      modelBytes: model?.memoryBytes ?? 0,
      treeBytes: tree.memoryBytes,
      cpuSeconds: tree.cpuSeconds,
      busySeconds: busyCpuSeconds(),
    };
    readings.push(reading);
    return reading;
  };
  const first = await look();
  let looking: Promise<unknown> = Promise.resolve();
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const schedule = (): void => {
    timer = setTimeout(() => {
      looking = look()
        // The process has just ended: its end is told elsewhere.
        .catch(() => undefined)
        .finally(() => {
          if (!isStopped) schedule();
        });
    }, SAMPLE_MILLISECONDS);
  };
  schedule();

  let use: Promise<ResourceUse> | undefined;

  async function stop(): Promise<ResourceUse> {
    isStopped = true;
    clearTimeout(timer);
    await looking;
    const last = await look();
    const cpuSeconds = Math.max(0, last.cpuSeconds - first.cpuSeconds);
    const busySeconds = Math.max(0, last.busySeconds - first.busySeconds);
    const seen = readings.filter(({ modelBytes }) => modelBytes > 0);
    return {
      cpuSeconds,
      otherCpuSeconds: Math.max(0, busySeconds - cpuSeconds),
      memoryBytesPeak: Math.max(0, ...seen.map(({ modelBytes }) => modelBytes)),
      memoryBytesAverage: seen.reduce((total, { modelBytes }) => total + modelBytes, 0) / Math.max(1, seen.length),
      treeMemoryBytesPeak: Math.max(...readings.map(({ treeBytes }) => treeBytes)),
    };
  }

  return { stop: () => (use ??= stop()) };
}
