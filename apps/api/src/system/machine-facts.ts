import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cpus, hostname, loadavg, release, type, uptime } from 'node:os';
import {
  availableCores,
  readContainerLimits,
  readMachineMemory,
  type ContainerLimits,
} from '@voice-transcriber/telemetry';

/** The machine of this API process; workers report theirs as resources and backends. */
export interface MachineFacts {
  readonly host: string;
  readonly processor: string;
  /** That this process may use: a container may have fewer than the machine. */
  readonly cores: number;
  readonly coresMachine: number;
  readonly memoryBytesTotal: number;
  readonly memoryBytesAvailable: number;
  readonly system: string;
  /** Of the last minute. */
  readonly loadAverage: number;
  readonly uptimeSeconds: number;
  readonly container: ContainerLimits;
  readonly disk: { readonly bytesTotal: number; readonly bytesFree: number };
}

export async function readMachineFacts({ diskPath }: { readonly diskPath: string }): Promise<MachineFacts> {
  const memory = await readMachineMemory();
  const { blocks, bavail, bsize } = await statfsOfNearest(diskPath);
  const processors = cpus();
  return {
    host: hostname(),
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: availableCores(),
    coresMachine: processors.length,
    memoryBytesTotal: memory.bytesTotal,
    memoryBytesAvailable: memory.bytesAvailable,
    system: `${type()} ${release()} ${process.arch}`,
    loadAverage: loadavg()[0] ?? 0,
    uptimeSeconds: uptime(),
    container: readContainerLimits(),
    disk: { bytesTotal: blocks * bsize, bytesFree: bavail * bsize },
  };
}

/** The directory itself is made with the first recording. */
async function statfsOfNearest(path: string): Promise<{ blocks: number; bavail: number; bsize: number }> {
  try {
    return await statfs(path);
  } catch (error) {
    if (dirname(path) === path) throw error;
    return await statfsOfNearest(dirname(path));
  }
}
