import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findAudioTools } from '@voice-transcriber/audio';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { parseOrder, summarizeResult, type BenchmarkOrder, type BenchmarkResult } from '@voice-transcriber/benchmark';
import { runBenchmark, type BenchmarkEvent } from '@voice-transcriber/benchmark/runner';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { createProcessWatch, REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { QUIET_LOGGER } from '../inference/with-fake-host.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'benchmark-test-'));
  await installFakeModels(directory, ['fake', 'fake-batched']);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const BACKENDS = [
  { name: 'fake', moduleUrl: FAKE_BACKEND_MODULE_URL },
  { name: 'onnxruntime', moduleUrl: import.meta.resolve('@voice-transcriber/backend-onnxruntime') },
];

async function* run(order: Partial<BenchmarkOrder>, signal = new AbortController().signal) {
  yield* runBenchmark({
    order: parseOrder({ backends: ['fake'], models: ['fake'], iterations: 2, ...order }),
    backends: BACKENDS,
    modelStore: createModelStore({ directories: [directory, EMBEDDED_MODELS_DIRECTORY] }),
    modelDefault: 'fake',
    threadsDefault: 1,
    gpuEnabled: false,
    gpuMemoryFraction: 0.8,
    audioDirectoryDefault: path.join(REPOSITORY_DIRECTORY, 'test', 'fixtures', 'audio'),
    tools: await findAudioTools(),
    vadModelPath: path.join(EMBEDDED_MODELS_DIRECTORY, 'silero-vad-16k-sequence-6.2.3.onnx'),
    product: '0.0.0',
    logger: QUIET_LOGGER,
    signal,
  });
}

async function collect(order: Partial<BenchmarkOrder>): Promise<BenchmarkEvent[]> {
  const events: BenchmarkEvent[] = [];
  for await (const event of run(order)) events.push(event);
  return events;
}

function resultsOf(events: readonly BenchmarkEvent[]): BenchmarkResult[] {
  return events.flatMap((event) => (event.type === 'cell-finished' ? [event.result] : []));
}

test('the matrix is measured cell by cell, with progress that ends at 1', async () => {
  const events = await collect({ threads: [1, 2], prompt: 'fake:slow@speed=60' });
  const planned = events.find((event) => event.type === 'planned');
  expect(planned?.audio.clips.map(({ name }) => name)).toEqual(['fleurs-de-004.ogg', 'jfk.flac', 'lj-001-0002.flac']);
  expect(planned?.machine.cores).toBeGreaterThanOrEqual(1);
  expect(events.filter(({ type }) => type === 'iteration-finished')).toHaveLength(4);
  expect(events.at(-1)?.progress).toMatchObject({ fraction: 1, cellsDone: 2, cellsTotal: 2 });
  const results = resultsOf(events);
  expect(results.map(({ threads, state }) => [threads, state])).toEqual([
    [1, 'completed'],
    [2, 'completed'],
  ]);
  const speechSeconds = (planned?.audio.clips ?? []).reduce((total, clip) => total + clip.speechSeconds, 0);
  for (const result of results) {
    // The script works at sixty times real time, on one window after another.
    for (const { durationSeconds } of result.iterations) expect(durationSeconds).toBeGreaterThan(speechSeconds / 61);
    expect(result.iterations.every(({ memoryBytesPeak }) => memoryBytesPeak > 10e6)).toBe(true);
    expect(result.loadSeconds).toBeGreaterThan(0);
    expect(result.unsteadyClips).toEqual([]);
    expect(result.clips.every(({ text }) => text.startsWith('t'))).toBe(true);
    expect(summarizeResult(result)?.wordErrors?.rate).toBeGreaterThan(0.5);
  }
});

test('a combination that fails is a row with its reason, and the others are measured', async () => {
  const results = resultsOf(await collect({ models: ['absent', 'fake'], backends: ['nonsense', 'fake'] }));
  expect(results.map(({ backend, model, error }) => [backend, model, error?.code])).toEqual([
    ['nonsense', 'absent', 'model-missing'],
    ['fake', 'absent', 'model-missing'],
    ['nonsense', 'fake', 'backend-unavailable'],
    ['fake', 'fake', undefined],
  ]);
});

test('a backend that crashes takes nothing with it but its own row', async () => {
  const [result] = resultsOf(await collect({ prompt: 'fake:segv@window=0' }));
  expect(result).toMatchObject({ state: 'failed', error: { code: 'process-crashed' }, iterations: [] });
});

test('until stable goes on until the last iterations agree, or gives up at its bound', async () => {
  const [steady] = resultsOf(await collect({ variationMax: 0.99, iterationsMax: 9 }));
  expect(steady?.iterations).toHaveLength(2);
  expect(steady?.stable).toBe(true);
  const [restless] = resultsOf(await collect({ variationMax: 1e-9, iterationsMax: 4 }));
  expect(restless?.iterations).toHaveLength(4);
  expect(restless?.stable).toBe(false);
});

test('a cancelled run keeps what it has measured and leaves no process', async () => {
  const watch = createProcessWatch();
  watch.note(process.pid);
  const abort = new AbortController();
  const events: BenchmarkEvent[] = [];
  const reading = (async () => {
    for await (const event of run({ iterations: 50, prompt: 'fake:slow@speed=60' }, abort.signal)) {
      events.push(event);
      if (event.type === 'iteration-finished') abort.abort();
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'benchmark-cancelled' });
  const [result] = resultsOf(events);
  expect(result).toMatchObject({ state: 'cancelled' });
  expect(result?.iterations.length).toBeGreaterThanOrEqual(1);
});

test('a real model hears the bundled clips, and the profile names its functions', async () => {
  const [result] = resultsOf(
    await collect({ backends: ['onnxruntime'], models: ['base-q8_0'], iterations: 1, warmups: 0, profile: true }),
  );
  expect(result).toMatchObject({ state: 'completed', error: null });
  const summary = result && summarizeResult(result);
  expect(summary?.wordErrors?.length).toBeGreaterThan(40);
  expect(summary?.wordErrors?.rate).toBeLessThan(0.1);
  expect(summary?.memoryBytesPeak).toBeGreaterThan(100e6);
  expect(summary?.cpuSeconds).toBeGreaterThan(0);
  expect(result?.profile?.some(({ process, name }) => process === 'inference' && name !== '')).toBe(true);
});
