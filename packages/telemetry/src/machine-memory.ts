import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readContainerLimits } from './container-limits.js';

export interface MachineMemory {
  /** What this process and its neighbours may take together: the machine's, or the container's when that is less. */
  readonly bytesTotal: number;
  /** What can be taken now without swapping or being killed. */
  readonly bytesAvailable: number;
}

/** Whole cores that this process may keep busy: affinity and container limits count. At least 1. `systemRoot` is where /proc and /sys are found. */
export function availableCores(systemRoot = '/'): number {
  const { cpuCoresMax } = readContainerLimits(systemRoot);
  return Math.max(1, Math.min(availableParallelism(), Math.floor(cpuCoresMax ?? Infinity)));
}

/** Bytes that can be taken now without swapping or being killed. */
export async function availableMemoryBytes(): Promise<number> {
  return (await readMachineMemory()).bytesAvailable;
}

export async function readMachineMemory(systemRoot = '/'): Promise<MachineMemory> {
  const machine = process.platform === 'linux' ? await readMeminfo(systemRoot) : await askSystem();
  const { memoryBytesMax, memoryBytesUsed } = readContainerLimits(systemRoot);
  if (memoryBytesMax === undefined) return machine;
  const left = Math.max(0, memoryBytesMax - (memoryBytesUsed ?? 0));
  return {
    bytesTotal: Math.min(machine.bytesTotal, memoryBytesMax),
    bytesAvailable: Math.min(machine.bytesAvailable, left),
  };
}

async function readMeminfo(systemRoot: string): Promise<MachineMemory> {
  const text = await readFile(join(systemRoot, 'proc/meminfo'), 'utf8');
  const bytesOf = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return { bytesTotal: bytesOf('MemTotal'), bytesAvailable: bytesOf('MemAvailable') };
}

async function askSystem(): Promise<MachineMemory> {
  const { mem } = await import('systeminformation');
  const { total, available } = await mem();
  return { bytesTotal: total, bytesAvailable: available };
}
