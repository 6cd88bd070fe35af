import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { availableCores, availableMemoryBytes, createResourceSampler, processTreeUsage } from './index.js';

test('a sample describes this machine, and its percentages agree with its bytes', async () => {
  const sampler = createResourceSampler({ diskPath: '/not/there/yet' });
  try {
    const sample = await sampler.sample();
    expect(sample.cpuCores).toBe(availableCores());
    expect(sample.cpuPercent).toBeGreaterThanOrEqual(0);
    expect(sample.cpuPercent).toBeLessThanOrEqual(100);
    expect(sample.memoryBytesTotal).toBeGreaterThan(64 * 1024 ** 2);
    expect(sample.memoryBytesAvailable).toBeLessThanOrEqual(sample.memoryBytesTotal);
    expect(sample.memoryPercent).toBeCloseTo(100 * (1 - sample.memoryBytesAvailable / sample.memoryBytesTotal), 0);
    expect(sample.diskPercent).toBeCloseTo(100 * (1 - sample.diskBytesFree / sample.diskBytesTotal), 0);
  } finally {
    sampler.dispose();
    sampler.dispose();
  }
});

test('a busy processor shows in the sample', async () => {
  const sampler = createResourceSampler({ diskPath: '/' });
  try {
    const busyUntil = Date.now() + 300;
    while (Date.now() < busyUntil);
    const { cpuPercent, cpuCores } = await sampler.sample();
    // One core was busy all the time; the clock ticks in hundredths of a second.
    expect(cpuPercent).toBeGreaterThan(60 / cpuCores);
  } finally {
    sampler.dispose();
  }
});

test('the usage of a process includes its descendants', async () => {
  const hold = 'const held = Buffer.alloc(64e6, 1); process.stdout.write("x"); setTimeout(() => held, 60e3)';
  const parent = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(hold)}], { stdio: "inherit" })`;
  const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  try {
    await once(child.stdout, 'data');
    const usage = await processTreeUsage(child.pid ?? 0);
    expect(usage.memoryBytes).toBeGreaterThan(64e6 + 2 * 20e6);
    expect(usage.cpuSeconds).toBeGreaterThan(0);
  } finally {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await once(child, 'close');
  }
});

test('a process that has ended uses nothing', async () => {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(await processTreeUsage(child.pid ?? 0)).toEqual({ memoryBytes: 0, cpuSeconds: 0 });
});

test('available memory is a positive number of bytes', async () => {
  expect(await availableMemoryBytes()).toBeGreaterThan(1e6);
});
