import { copyFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  BackendError,
  SAMPLE_RATE_HZ,
  type AudioWindow,
  type Backend,
  type Device,
  type LoadedModel,
  type ModelFiles,
  type TranscriptPart,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const LOAD_MILLISECONDS_MAX = 30_000;
const TIME_TOLERANCE_SECONDS = 0.001;

export interface BackendContractOptions {
  readonly backend: Backend;
  /** A checkpoint that the backend can load. */
  readonly model: () => Promise<ModelFiles>;
  /** 16 kHz mono of real speech, 2 to 30 s. */
  readonly speech: () => Promise<Float32Array>;
  readonly threads?: number;
  /** Bound of one test, for slow engines. */
  readonly testMilliseconds?: number;
}

/** Declares the tests that every backend must pass, whatever engine is behind it. */
export function describeBackendContract(name: string, options: BackendContractOptions): void {
  const { backend, threads = 2, testMilliseconds = 120_000 } = options;

  describe(`${name} keeps the backend contract`, { timeout: testMilliseconds }, () => {
    let directory: string;
    let files: ModelFiles;
    let speech: Float32Array;
    let device: Device;
    let loaded: LoadedModel;

    beforeAll(async () => {
      directory = await mkdtemp(path.join(os.tmpdir(), 'backend-contract-'));
      files = await options.model();
      speech = await options.speech();
      const report = await backend.probe();
      if (report.status !== 'available') throw new Error(`${report.reason} ${report.fix}`);
      device = report.devices.find(({ kind }) => kind === 'cpu') ?? fail('The backend offers no processor device.');
      loaded = await backend.load(files, { device, threads });
    }, testMilliseconds);

    afterAll(async () => {
      await loaded.dispose();
      await rm(directory, { recursive: true, force: true });
    });

    const windowsOfSpeech = (): AudioWindow[] => [
      { index: 4, startSeconds: 100, samples: speech },
      { index: 5, startSeconds: 200.5, samples: speech.subarray(0, Math.floor(speech.length / 2)) },
    ];

    async function transcribe(
      windows: readonly AudioWindow[],
      extra?: Record<string, unknown>,
    ): Promise<TranscriptPart[]> {
      const parts: TranscriptPart[] = [];
      const request = { windows, options: { task: 'transcribe', wordTimes: true, ...(extra && { extra }) } } as const;
      for await (const part of loaded.transcribe(request)) parts.push(part);
      return parts;
    }

    test('says its version and the memory that the model needs', async () => {
      expect(backend.specVersion).toBe(1);
      expect(backend.name).toMatch(/^[a-z][a-z0-9-]*$/);
      const fit = backend.fit(files.manifest, device);
      expect(fit.fits && fit.memoryBytesNeeded).toBeGreaterThan(0);
      expect(loaded.memoryBytes).toBeGreaterThan(0);
      expect(loaded.capabilities.batchSize).toBeGreaterThanOrEqual(1);
      expect(loaded.capabilities.concurrency).toBeGreaterThanOrEqual(1);
    });

    test('gives each window exactly one final result, in order, with ordered times inside the window', async () => {
      const windows = windowsOfSpeech();
      const results = finals(await transcribe(windows));
      expect(results.map(({ index }) => index)).toEqual(windows.map(({ index }) => index));
      for (const [position, result] of results.entries()) expectTimesInside(windows[position], result);
      expect(results[0]?.segments.length, 'real speech has text').toBeGreaterThan(0);
      expect(results[0]?.language).toMatch(/^[a-z]{2,3}$/);
    });

    test('progress of a window never falls', async () => {
      const last = new Map<number, number>();
      for (const part of await transcribe(windowsOfSpeech())) {
        if (part.type !== 'progress') continue;
        expect(part.fraction).toBeGreaterThanOrEqual(last.get(part.windowIndex) ?? 0);
        expect(part.fraction).toBeLessThanOrEqual(1);
        last.set(part.windowIndex, part.fraction);
      }
    });

    test('silence is a success without text', async () => {
      const silence = { index: 0, startSeconds: 3, samples: new Float32Array(5 * SAMPLE_RATE_HZ) };
      const [result] = finals(await transcribe([silence]));
      expect(result?.segments).toEqual([]);
    });

    test('a window of a few samples is a success', async () => {
      const results = finals(await transcribe([{ index: 0, startSeconds: 3, samples: speech.subarray(0, 160) }]));
      expect(results).toHaveLength(1);
    });

    test('an option that it does not know comes back as a warning', async () => {
      const parts = await transcribe(windowsOfSpeech().slice(0, 1), { 'no-such-option': true });
      const warnings = parts.flatMap((part) => (part.type === 'warning' ? [part.warning.code] : []));
      expect(warnings).toContain('unknown-option');
    });

    test('the same window gives the same text again', async () => {
      const [first] = finals(await transcribe(windowsOfSpeech().slice(0, 1)));
      const [second] = finals(await transcribe(windowsOfSpeech().slice(0, 1)));
      expect(second?.segments).toEqual(first?.segments);
    });

    test('an aborted request ends with "cancelled"', async () => {
      const abort = new AbortController();
      abort.abort();
      const request = { windows: windowsOfSpeech(), options: { task: 'transcribe', wordTimes: false } } as const;
      const error = await rejection(async () => {
        for await (const part of loaded.transcribe(request, { signal: abort.signal })) void part;
      });
      expect(error.code).toBe('cancelled');
    });

    test.each(['missing', 'empty', 'truncated', 'corrupt'] as const)(
      'a %s model file is a typed error that survives JSON',
      { timeout: LOAD_MILLISECONDS_MAX },
      async (damage) => {
        const damaged = { ...files, path: await damageModel(files.path, directory, damage) };
        const error = await rejection(() => backend.load(damaged, { device, threads }));
        expect(error.code).toBe(damage === 'missing' ? 'model-missing' : 'model-corrupt');
        expect(BackendError.fromJSON(JSON.parse(JSON.stringify(error))).toJSON()).toEqual(error.toJSON());
      },
    );

    test('disposing twice is harmless', { timeout: testMilliseconds }, async () => {
      const second = await backend.load(files, { device, threads });
      await second.dispose();
      await second.dispose();
    });
  });
}

function fail(message: string): never {
  throw new Error(message);
}

function finals(parts: readonly TranscriptPart[]): WindowResult[] {
  return parts.flatMap((part) => (part.type === 'window-final' ? [part.result] : []));
}

function expectTimesInside(window: AudioWindow | undefined, result: WindowResult): void {
  if (window === undefined) throw new Error('There is a result without a window.');
  const windowEndSeconds = window.startSeconds + window.samples.length / SAMPLE_RATE_HZ;
  let previousEndSeconds = window.startSeconds;
  for (const segment of result.segments) {
    expect(segment.text.trim()).toBe(segment.text);
    expect(segment.text).not.toBe('');
    expectSpan(segment, previousEndSeconds, windowEndSeconds);
    previousEndSeconds = segment.endSeconds;
    let previousWordEndSeconds = segment.startSeconds;
    for (const word of segment.words) {
      expectSpan(word, previousWordEndSeconds, segment.endSeconds);
      previousWordEndSeconds = word.endSeconds;
    }
  }
}

function expectSpan(
  span: { startSeconds: number; endSeconds: number; confidence: number },
  startSecondsMin: number,
  endSecondsMax: number,
): void {
  expect(span.startSeconds).toBeGreaterThanOrEqual(startSecondsMin - TIME_TOLERANCE_SECONDS);
  expect(span.endSeconds).toBeGreaterThan(span.startSeconds);
  expect(span.endSeconds).toBeLessThanOrEqual(endSecondsMax + TIME_TOLERANCE_SECONDS);
  expect(span.confidence).toBeGreaterThanOrEqual(0);
  expect(span.confidence).toBeLessThanOrEqual(1);
}

async function rejection(action: () => Promise<unknown>): Promise<BackendError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

async function damageModel(source: string, directory: string, damage: string): Promise<string> {
  const file = path.join(directory, `${damage}.bin`);
  if (damage === 'missing') return file;
  if (damage === 'corrupt') await writeFile(file, Buffer.alloc(4096, 0x5a));
  else await copyFile(source, file);
  if (damage === 'empty') await truncate(file, 0);
  if (damage === 'truncated') await truncate(file, 700);
  return file;
}
