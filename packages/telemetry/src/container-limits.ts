import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the control group of this process may use; undefined where it sets no limit. */
export interface ContainerLimits {
  readonly memoryBytesMax: number | undefined;
  /** In use and not given back under pressure: page cache that can be dropped is left out. */
  readonly memoryBytesUsed: number | undefined;
  readonly cpuCoresMax: number | undefined;
  /** Processor time that the group has used so far. */
  readonly cpuSecondsUsed: number | undefined;
}

/**
 * Reads the limits of Linux control groups, version 2 or 1. A limit set on any group above counts too: the tightest wins.
 *
 * Inside a container the group's path usually does not exist, because the container sees its own group as the root: then the root is read.
 */
export function readContainerLimits(systemRoot = '/'): ContainerLimits {
  const groups = join(systemRoot, 'sys/fs/cgroup');
  const memberships = readText(join(systemRoot, 'proc/self/cgroup'))?.trim().split('\n') ?? [];
  const isVersion2 = readText(join(groups, 'cgroup.controllers')) !== undefined;
  return isVersion2 ? readVersion2(groups, memberships) : readVersion1(groups, memberships);
}

function readVersion2(groups: string, memberships: readonly string[]): ContainerLimits {
  const path = memberships.find((line) => line.startsWith('0::'))?.slice(3) ?? '/';
  const directories = ancestors(groups, path);
  const memory = tightest(directories, (directory) => readNumber(join(directory, 'memory.max')));
  const cpu = tightest(directories, (directory) => {
    const [quota, period] = readText(join(directory, 'cpu.max'))?.trim().split(' ') ?? [];
    return ratio(toNumber(quota), toNumber(period));
  });
  return {
    memoryBytesMax: memory?.limit,
    memoryBytesUsed: memory && usedBytes(memory.directory, 'memory.current', 'inactive_file'),
    cpuCoresMax: cpu?.limit,
    cpuSecondsUsed: cpu && scaled(readFlat(join(cpu.directory, 'cpu.stat'), 'usage_usec'), 1e6),
  };
}

function readVersion1(groups: string, memberships: readonly string[]): ContainerLimits {
  const pathOf = (controller: string) =>
    memberships.find((line) => line.split(':')[1]?.split(',').includes(controller))?.split(':')[2] ?? '/';
  const memory = tightest(ancestors(join(groups, 'memory'), pathOf('memory')), (directory) =>
    readNumber(join(directory, 'memory.limit_in_bytes')),
  );
  const cpu = tightest(ancestors(join(groups, 'cpu'), pathOf('cpu')), (directory) =>
    ratio(readNumber(join(directory, 'cpu.cfs_quota_us')), readNumber(join(directory, 'cpu.cfs_period_us'))),
  );
  const accounting = ancestors(join(groups, 'cpuacct'), pathOf('cpuacct'))[0];
  return {
    memoryBytesMax: memory?.limit,
    memoryBytesUsed: memory && usedBytes(memory.directory, 'memory.usage_in_bytes', 'total_inactive_file'),
    cpuCoresMax: cpu?.limit,
    cpuSecondsUsed: cpu && accounting ? scaled(readNumber(join(accounting, 'cpuacct.usage')), 1e9) : undefined,
  };
}

/** The group's folder and those above it up to the mount point, nearest first. */
function ancestors(mountPoint: string, groupPath: string): string[] {
  const directories: string[] = [];
  for (let path = groupPath; path !== '/' && path !== '.'; path = dirname(path))
    directories.push(join(mountPoint, path));
  return [...directories, mountPoint];
}

/** Version 1 writes "no limit" as a number near 2^63. */
const UNLIMITED = 2 ** 60;

function tightest(directories: readonly string[], limitOf: (directory: string) => number | undefined) {
  let best: { directory: string; limit: number } | undefined;
  for (const directory of directories) {
    const limit = limitOf(directory);
    if (limit !== undefined && limit > 0 && limit < UNLIMITED && (!best || limit < best.limit))
      best = { directory, limit };
  }
  return best;
}

function usedBytes(directory: string, file: string, cacheKey: string): number | undefined {
  const used = readNumber(join(directory, file));
  return used === undefined ? undefined : used - (readFlat(join(directory, 'memory.stat'), cacheKey) ?? 0);
}

function readFlat(file: string, key: string): number | undefined {
  const line = readText(file)
    ?.split('\n')
    .find((entry) => entry.startsWith(`${key} `));
  return toNumber(line?.split(' ')[1]);
}

function readNumber(file: string): number | undefined {
  return toNumber(readText(file)?.trim());
}

function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

function ratio(numerator: number | undefined, denominator: number | undefined): number | undefined {
  return numerator === undefined || !denominator ? undefined : numerator / denominator;
}

function scaled(value: number | undefined, unit: number): number | undefined {
  return value === undefined ? undefined : value / unit;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Absent on other systems, or for groups outside the container: the same as no limit.
    return undefined;
  }
}
