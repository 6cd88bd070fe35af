import { readdir, readFile, statfs } from 'node:fs/promises';
import { cpus, hostname, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import {
  availableCores,
  readContainerLimits,
  readMachineMemory,
  type ContainerLimits,
} from '@voice-transcriber/telemetry';

export interface DiskSpace {
  readonly bytesTotal: number;
  readonly bytesFree: number;
}

/** What checks and recommendations need to know of the machine that they run on. */
export interface Machine {
  readonly host: string;
  readonly processor: string;
  /** That may be used here: affinity and container limits count. */
  readonly cores: number;
  readonly architecture: string;
  /** As the kernel names them; empty where it does not tell. */
  readonly instructionSets: readonly string[];
  /** Of the last minute. */
  readonly loadAverage: number;
  readonly memoryBytesTotal: number;
  readonly memoryBytesAvailable: number;
  readonly swapBytesUsed: number;
  readonly container: ContainerLimits;
  /** Processes that the kernel ended in this control group because its memory was full. */
  readonly killedForMemory: number;
  readonly disk: DiskSpace;
  readonly graphics: readonly GraphicsCard[];
  /** First line of the NVIDIA driver's version; undefined: it is not loaded. */
  readonly nvidiaDriver: string | undefined;
}

export interface GraphicsCard {
  readonly vendor: 'NVIDIA' | 'AMD' | 'Intel';
}

const VENDORS: Readonly<Record<string, GraphicsCard['vendor']>> = {
  '0x10de': 'NVIDIA',
  '0x1002': 'AMD',
  '0x8086': 'Intel',
};
/** PCI class of display controllers. */
const DISPLAY_CLASS = '0x03';

/** `diskPath` chooses the disk and need not exist yet. `systemRoot` is where /proc and /sys are found. */
export async function readMachine({
  diskPath,
  systemRoot = '/',
}: {
  readonly diskPath: string;
  readonly systemRoot?: string;
}): Promise<Machine> {
  const [memory, meminfo, cpuinfo, events, driver, disk, graphics] = await Promise.all([
    readMachineMemory(systemRoot),
    readText(join(systemRoot, 'proc/meminfo')),
    readText(join(systemRoot, 'proc/cpuinfo')),
    readText(join(systemRoot, 'sys/fs/cgroup/memory.events')),
    readText(join(systemRoot, 'proc/driver/nvidia/version')),
    readDiskSpace(diskPath),
    readGraphics(systemRoot),
  ]);
  const kilobytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1] ?? 0);
  return {
    host: hostname(),
    processor: cpus()[0]?.model.trim() || process.arch,
    cores: availableCores(systemRoot),
    architecture: process.arch,
    instructionSets: /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/) ?? [],
    loadAverage: loadavg()[0] ?? 0,
    memoryBytesTotal: memory.bytesTotal,
    memoryBytesAvailable: memory.bytesAvailable,
    swapBytesUsed: (kilobytes('SwapTotal') - kilobytes('SwapFree')) * 1024,
    container: readContainerLimits(systemRoot),
    killedForMemory: Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0),
    disk,
    graphics,
    nvidiaDriver: driver.split('\n')[0]?.trim() || undefined,
  };
}

/** Of the volume on which the path lies, or will lie. */
async function readDiskSpace(path: string): Promise<DiskSpace> {
  try {
    const { blocks, bavail, bsize } = await statfs(path);
    return { bytesTotal: blocks * bsize, bytesFree: bavail * bsize };
  } catch (error) {
    if (dirname(path) === path) throw error;
    return readDiskSpace(dirname(path));
  }
}

async function readGraphics(systemRoot: string): Promise<GraphicsCard[]> {
  const folder = join(systemRoot, 'sys/bus/pci/devices');
  const names = await readdir(folder).catch(() => []);
  const cards = await Promise.all(
    names.map(async (name) => {
      const kind = await readText(join(folder, name, 'class'));
      const vendor = VENDORS[(await readText(join(folder, name, 'vendor'))).trim()];
      return kind.startsWith(DISPLAY_CLASS) && vendor !== undefined ? [{ vendor }] : [];
    }),
  );
  return cards.flat();
}

/** Empty where there is none: other systems, or a container that hides it. */
async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
