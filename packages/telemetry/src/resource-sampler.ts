import { access, statfs } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { readContainerLimits } from './container-limits.js';
import { availableCores, readMachineMemory } from './machine-memory.js';

/** One reading of this machine, or of this container where it has limits of its own. */
export interface ResourceSample {
  /** 0..100 of all cores that may be used, over about the last second. */
  readonly cpuPercent: number;
  readonly cpuCores: number;
  readonly memoryBytesTotal: number;
  readonly memoryBytesAvailable: number;
  /** 0..100 */
  readonly memoryPercent: number;
  readonly diskBytesTotal: number;
  readonly diskBytesFree: number;
  /** 0..100 */
  readonly diskPercent: number;
}

export interface ResourceSampler {
  sample(): Promise<ResourceSample>;
  /** Stops watching the processor. Idempotent. */
  dispose(): void;
}

/** A point on the processor's clock: how long it was busy, out of how long it could have been. */
interface CpuReading {
  readonly busySeconds: number;
  readonly possibleSeconds: number;
}

const CPU_WINDOW_MILLISECONDS = 1_000;

/** Watches this machine. `diskPath` chooses the disk; it need not exist yet. */
export function createResourceSampler({ diskPath }: { readonly diskPath: string }): ResourceSampler {
  let previous = readCpu();
  let cpuPercent: number | undefined;
  const watch = setInterval(() => {
    const current = readCpu();
    cpuPercent = percentBetween(previous, current);
    previous = current;
  }, CPU_WINDOW_MILLISECONDS);
  watch.unref();

  return {
    async sample() {
      const [memory, disk] = await Promise.all([readMachineMemory(), readDisk(diskPath)]);
      return {
        cpuPercent: cpuPercent ?? percentBetween(previous, readCpu()),
        cpuCores: availableCores(),
        memoryBytesTotal: memory.bytesTotal,
        memoryBytesAvailable: memory.bytesAvailable,
        memoryPercent: percent(memory.bytesTotal - memory.bytesAvailable, memory.bytesTotal),
        ...disk,
      };
    },
    dispose() {
      clearInterval(watch);
    },
  };
}

/** Seconds for which cores were busy so far, whoever kept them so: of this container where it has a limit, else of the machine. */
export function busyCpuSeconds(): number {
  return readCpu().busySeconds;
}

function readCpu(): CpuReading {
  const { cpuCoresMax, cpuSecondsUsed } = readContainerLimits();
  if (cpuCoresMax !== undefined && cpuSecondsUsed !== undefined) {
    return { busySeconds: cpuSecondsUsed, possibleSeconds: (performance.now() / 1000) * cpuCoresMax };
  }
  const total = { busySeconds: 0, possibleSeconds: 0 };
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    total.busySeconds += busy / 1000;
    total.possibleSeconds += (busy + times.idle) / 1000;
  }
  return total;
}

function percentBetween(before: CpuReading, after: CpuReading): number {
  return percent(after.busySeconds - before.busySeconds, after.possibleSeconds - before.possibleSeconds);
}

async function readDisk(path: string) {
  const { bsize, blocks, bavail } = await statfs(await nearestExisting(resolve(path)));
  const diskBytesTotal = blocks * bsize;
  const diskBytesFree = bavail * bsize;
  return { diskBytesTotal, diskBytesFree, diskPercent: percent(diskBytesTotal - diskBytesFree, diskBytesTotal) };
}

async function nearestExisting(path: string): Promise<string> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  return exists || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** Clamped, with one decimal: clocks of different sources may disagree by a hair. */
function percent(part: number, whole: number): number {
  if (whole <= 0) return 0;
  return Math.round(Math.min(1, Math.max(0, part / whole)) * 1000) / 10;
}
