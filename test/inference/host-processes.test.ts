import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { FAKE_BACKEND_MODULE_URL } from '@voice-transcriber/backend-testkit';
import { waitFor } from '@voice-transcriber/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeHost, finalIndexes, isAlive, type FakeHost } from './with-fake-host.js';

const GONE_MILLISECONDS_MAX = 1_000;
const LOADS = 20;

let fake: FakeHost;

beforeEach(async () => {
  fake = await createFakeHost(['fake', 'fake-two', 'fake-three', 'fake-batched']);
});

afterEach(async () => {
  const pids = fake.host.loadedModels().map(({ pid }) => pid);
  await fake.dispose();
  expect(pids.filter(isAlive)).toEqual([]);
});

async function loadedPid(): Promise<number> {
  let pid: number | undefined;
  await waitFor(() => (pid = fake.host.loadedModels()[0]?.pid) !== undefined, { timeoutMilliseconds: 20_000 });
  return pid ?? 0;
}

test.each(['hang', 'slow'])('cancelling a window that does "%s" ends its process within a second', async (verb) => {
  const abort = new AbortController();
  let isStarted = false;
  const outcome = fake
    .run({
      script: `fake:${verb}@window=0,speed=0.01`,
      signal: abort.signal,
      onPart: () => (isStarted = true),
    })
    .catch((error: unknown) => error);
  const pid = await loadedPid();
  await waitFor(() => isStarted, { timeoutMilliseconds: 20_000 });
  const cancelledAt = performance.now();
  abort.abort();
  expect(await outcome).toMatchObject({ code: 'cancelled' });
  expect(performance.now() - cancelledAt).toBeLessThan(GONE_MILLISECONDS_MAX);
  expect(isAlive(pid)).toBe(false);
});

test('a cancelled job takes nothing from its neighbours', async () => {
  const abort = new AbortController();
  const cancelled = fake
    .run({
      script: 'fake:slow@speed=1',
      signal: abort.signal,
      onPart: (part) => part.type === 'progress' && abort.abort(),
    })
    .catch((error: unknown) => error);
  const neighbour = fake.run({ windowCount: 4 });
  expect(await cancelled).toMatchObject({ code: 'cancelled' });
  expect(finalIndexes(await neighbour)).toEqual([0, 1, 2, 3]);
});

test('a reader that stops early frees the model for others', async () => {
  const choice = await fake.choose();
  const request = {
    windows: [{ index: 0, startSeconds: 0, samples: new Float32Array(160_000).fill(0.1) }],
    options: { task: 'transcribe', wordTimes: false, prompt: 'fake:slow@speed=0.01' },
  } as const;
  for await (const part of fake.host.transcribe({
    choice,
    request,
    priority: 0,
    signal: new AbortController().signal,
  })) {
    expect(part.type).toBe('progress');
    break;
  }
  expect(finalIndexes(await fake.run({ windowCount: 2 }))).toEqual([0, 1]);
});

test('a process that is killed from outside fails the running job as crashed, and the next job gets a new one', async () => {
  const outcome = fake.run({ script: 'fake:slow@speed=0.01' }).catch((error: unknown) => error);
  const pid = await loadedPid();
  await waitFor(() => fake.host.loadedModels()[0]?.busy === 1, { timeoutMilliseconds: 20_000 });
  process.kill(pid, 'SIGKILL');
  expect(await outcome).toMatchObject({ code: 'process-crashed', details: { signal: 'SIGKILL' } });
  expect(finalIndexes(await fake.run())).toEqual([0, 1, 2]);
  expect(await loadedPid()).not.toBe(pid);
});

test('a process that dies while idle costs the next job nothing', async () => {
  await fake.run();
  const pid = await loadedPid();
  process.kill(pid, 'SIGKILL');
  await waitFor(() => fake.host.loadedModels().length === 0, { timeoutMilliseconds: 5_000 });
  expect(finalIndexes(await fake.run())).toEqual([0, 1, 2]);
});

test('a process whose native code blocks ends within a second of its killed parent', async () => {
  const script = `
    import { createInferenceHost, createModelStore } from '@voice-transcriber/inference';
    const logger = { debug() {}, info() {}, warn() {} };
    const host = createInferenceHost({ backends: [{ name: 'fake', moduleUrl: process.argv[1] }], cacheSize: 1, threads: 1, gpuEnabled: false,
      gpuMemoryFraction: 1, memoryOptimization: false, logger, modelStore: createModelStore({ directories: [process.argv[2]] }) });
    const choice = await host.choose({ model: 'fake', task: 'transcribe', wordTimes: false });
    const windows = [{ index: 0, startSeconds: 0, samples: new Float32Array(16000).fill(0.1) }];
    const request = { windows, options: { task: 'transcribe', wordTimes: false, prompt: 'fake:hang' } };
    for await (const part of host.transcribe({ choice, request, priority: 0, signal: new AbortController().signal })) {
      console.log(JSON.stringify({ part: part.type, pid: host.loadedModels()[0].pid }));
    }`;
  const parent = spawn(
    process.execPath,
    ['--input-type=module', '-e', script, FAKE_BACKEND_MODULE_URL, fake.directory],
    {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const { pid } = JSON.parse(line) as { pid: number };
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await waitFor(() => !isAlive(pid), { timeoutMilliseconds: GONE_MILLISECONDS_MAX });
});

test('no more models than the cache holds are in memory, and the one unused for longest goes', async () => {
  const models = () => fake.host.loadedModels().map(({ model }) => model);
  await fake.run({ model: 'fake' });
  await fake.run({ model: 'fake-two' });
  await fake.run({ model: 'fake' });
  expect(models().sort()).toEqual(['fake', 'fake-two']);
  await fake.run({ model: 'fake-three' });
  expect(models().sort()).toEqual(['fake', 'fake-three']);
});

test('a higher priority goes first and equals take turns, window by window', async () => {
  const order: string[] = [];
  const run = (name: string, priority: number) =>
    fake.run({
      priority,
      script: 'fake:slow@speed=50',
      onPart: (part) => part.type === 'window-final' && order.push(name),
    });
  await Promise.all([run('a', 0), run('b', 0), run('high', 1)]);
  const ordinary = order.filter((name) => name !== 'high');
  // The first window may have begun before the others came.
  expect(order.slice(0, 4).filter((name) => name === 'high')).toHaveLength(3);
  expect(ordinary.slice(0, 4).sort()).toEqual(['a', 'a', 'b', 'b']);
});

test('a backend that batches gets several windows at once and answers each', async () => {
  expect(finalIndexes(await fake.run({ model: 'fake-batched', windowCount: 10 }))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
});

test('the mark before the first window is awaited, and its failure is the job’s', async () => {
  const refused = new Error('fenced');
  await expect(fake.run({ onStarted: () => Promise.reject(refused) })).rejects.toBe(refused);
  let isMarked = false;
  const onStarted = async () => {
    await Promise.resolve();
    isMarked = true;
  };
  await fake.run({ onStarted, onPart: () => expect(isMarked).toBe(true) });
});

test(`${LOADS} loads and unloads leave no process and no memory behind`, { timeout: 120_000 }, async () => {
  const single = await createFakeHost(['fake', 'fake-two'], { cacheSize: 1 });
  const pids = new Set<number>();
  const residentBytes: number[] = [];
  for (let round = 0; round < LOADS; round++) {
    await single.run({ model: round % 2 === 0 ? 'fake' : 'fake-two', windowCount: 1 });
    pids.add(single.host.loadedModels()[0]?.pid ?? 0);
    const status = await readFile('/proc/self/statm', 'utf8').catch(() => '0 0');
    residentBytes.push(Number(status.split(' ')[1]) * 4096);
  }
  await single.dispose();
  expect(pids.size).toBe(LOADS);
  expect([...pids].filter(isAlive)).toEqual([]);
  // The first rounds still warm up this process's own heap.
  expect((residentBytes.at(-1) ?? 0) - (residentBytes[4] ?? 0)).toBeLessThan(40_000_000);
});
