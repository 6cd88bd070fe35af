import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readContainerLimits } from './container-limits.js';

const roots: string[] = [];
afterEach(() => roots.splice(0).forEach((root) => rmSync(root, { recursive: true })));

function systemWith(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'container-limits-'));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('version 2: the limits of the group count, and droppable page cache is not counted as used', () => {
  const root = systemWith({
    'proc/self/cgroup': '0::/\n',
    'sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
    'sys/fs/cgroup/memory.max': '2147483648\n',
    'sys/fs/cgroup/memory.current': '1000000000\n',
    'sys/fs/cgroup/memory.stat': 'anon 500000000\ninactive_file 400000000\n',
    'sys/fs/cgroup/cpu.max': '150000 100000\n',
    'sys/fs/cgroup/cpu.stat': 'usage_usec 2500000\nuser_usec 2000000\n',
  });
  expect(readContainerLimits(root)).toEqual({
    memoryBytesMax: 2147483648,
    memoryBytesUsed: 600000000,
    cpuCoresMax: 1.5,
    cpuSecondsUsed: 2.5,
  });
});

test('version 2: a tighter limit of a group above wins', () => {
  const root = systemWith({
    'proc/self/cgroup': '0::/system.slice/voice.service\n',
    'sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
    'sys/fs/cgroup/system.slice/memory.max': '1000\n',
    'sys/fs/cgroup/system.slice/memory.current': '10\n',
    'sys/fs/cgroup/system.slice/voice.service/memory.max': 'max\n',
    'sys/fs/cgroup/system.slice/voice.service/cpu.max': 'max 100000\n',
  });
  expect(readContainerLimits(root)).toMatchObject({
    memoryBytesMax: 1000,
    memoryBytesUsed: 10,
    cpuCoresMax: undefined,
  });
});

test('version 1: limits and usage are read from their own controllers', () => {
  const root = systemWith({
    'proc/self/cgroup': '4:memory:/docker/a\n1:cpu,cpuacct:/docker/a\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '4096000\n',
    'sys/fs/cgroup/memory/memory.usage_in_bytes': '96000\n',
    'sys/fs/cgroup/memory/memory.stat': 'total_inactive_file 6000\n',
    'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000\n',
    'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    'sys/fs/cgroup/cpuacct/docker/a/cpuacct.usage': '3000000000\n',
  });
  expect(readContainerLimits(root)).toEqual({
    memoryBytesMax: 4096000,
    memoryBytesUsed: 90000,
    cpuCoresMax: 2,
    cpuSecondsUsed: 3,
  });
});

test('a machine without control groups, or without limits, has none', () => {
  const none = {
    memoryBytesMax: undefined,
    memoryBytesUsed: undefined,
    cpuCoresMax: undefined,
    cpuSecondsUsed: undefined,
  };
  expect(readContainerLimits(systemWith({}))).toEqual(none);
  const unlimited = systemWith({
    'proc/self/cgroup': '4:memory:/\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
    'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  });
  expect(readContainerLimits(unlimited)).toEqual(none);
});
