import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import backend from '@voice-transcriber/backend-onnxruntime';
import type { LoadedModel, TranscribeOptions, WindowResult } from '@voice-transcriber/backend-sdk';
import { wordErrorRate } from '@voice-transcriber/benchmark';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixturePath, MODEL, readClipSamples } from './transcribe-clip.js';

const SAMPLE_RATE_HZ = 16_000;

let directory: string;
let model: LoadedModel;
let english: Float32Array;
let german: Float32Array;

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'onnxruntime-options-'));
  english = await readClipSamples(fixturePath('jfk.flac'), directory);
  german = await readClipSamples(fixturePath('fleurs-de-004.ogg'), directory);
  model = await load();
});

afterAll(async () => {
  await model.dispose();
  await rm(directory, { recursive: true, force: true });
});

async function load(precision?: 'float32'): Promise<LoadedModel> {
  const report = await backend.probe();
  const device = report.status === 'available' ? report.devices.find(({ kind }) => kind === 'cpu') : undefined;
  if (device === undefined) throw new Error('ONNX Runtime does not load here.');
  const files = await createModelStore({ directories: [EMBEDDED_MODELS_DIRECTORY] }).require(MODEL);
  return backend.load(files, { device, threads: 2, ...(precision && { precision }) });
}

async function hear(
  samples: readonly Float32Array[],
  options: Partial<TranscribeOptions>,
  loaded = model,
): Promise<WindowResult[]> {
  const windows = samples.map((window, index) => ({ index, startSeconds: index * 30, samples: window }));
  const results: WindowResult[] = [];
  const request = { windows, options: { task: 'transcribe', wordTimes: true, ...options } } as const;
  for await (const part of loaded.transcribe(request)) if (part.type === 'window-final') results.push(part.result);
  return results;
}

function textOf(result: WindowResult | undefined): string {
  return result?.segments.map(({ text }) => text).join(' ') ?? '';
}

async function wrongWords(clip: string, result: WindowResult | undefined, language: string): Promise<number> {
  return wordErrorRate(await readFile(fixturePath(clip), 'utf8'), textOf(result), { language }).errors;
}

test('the language is heard, with how sure the model is', async () => {
  const [first, second] = await hear([english, german], {});
  expect(first?.language).toBe('en');
  expect(second?.language).toBe('de');
  for (const result of [first, second]) expect(result?.languageConfidence).toBeGreaterThan(0.8);
});

test('German speech is translated to English', async () => {
  const [spoken, translated] = [await hear([german], { language: 'de' }), await hear([german], { task: 'translate' })];
  expect(textOf(translated[0])).not.toBe(textOf(spoken[0]));
  const words = textOf(translated[0]).toLowerCase().split(/\W+/);
  const common = words.filter((word) =>
    ['the', 'a', 'and', 'of', 'to', 'in', 'is', 'are', 'that', 'as'].includes(word),
  );
  expect(common.length, textOf(translated[0])).toBeGreaterThan(2);
  expect(translated[0]?.language).toBe('de');
});

test('noise without a voice is no text', async () => {
  let state = 1;
  const noise = Float32Array.from({ length: 10 * SAMPLE_RATE_HZ }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state / 2 ** 31 - 0.5) * 0.002;
  });
  const [result] = await hear([noise], { language: 'en' });
  expect(textOf(result)).toBe('');
});

describe('beam search', () => {
  test('hears what is said, also when windows share the batch with greedy ones', async () => {
    const [searched, greedy] = await Promise.all([
      hear([english, german, english], { extra: { beamSize: 5 } }),
      hear([english, german], {}),
    ]);
    expect(await wrongWords('jfk.txt', searched[0], 'en')).toBe(0);
    expect(await wrongWords('fleurs-de-004.txt', searched[1], 'de')).toBeLessThanOrEqual(3);
    expect(textOf(searched[2])).toBe(textOf(searched[0]));
    expect(await wrongWords('jfk.txt', greedy[0], 'en')).toBe(0);
    const words = searched[0]?.segments.flatMap((segment) => segment.words) ?? [];
    expect(words.length).toBe(22);
    words.forEach((word, index) => {
      expect(word.startSeconds).toBeGreaterThanOrEqual(words[index - 1]?.endSeconds ?? 0);
      expect(word.confidence).toBeGreaterThan(0.3);
    });
  });

  test('a cancelled search leaves its slots to others', async () => {
    const abort = new AbortController();
    const windows = [0, 1, 2].map((index) => ({ index, startSeconds: 0, samples: english }));
    const options = { task: 'transcribe', wordTimes: false, extra: { beamSize: 8 } } as const;
    const run = (async () => {
      for await (const part of model.transcribe({ windows, options }, { signal: abort.signal })) {
        if (part.type === 'window-final') abort.abort();
      }
    })();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    const [after] = await hear([english], { extra: { beamSize: 8 } });
    expect(await wrongWords('jfk.txt', after, 'en')).toBe(0);
  });
});

test('drawn texts are the same when they are drawn again, and the best of several is kept', async () => {
  const options = { language: 'en', extra: { temperature: 0.3, bestOf: 4 } };
  const [first] = await hear([english], options);
  const [second] = await hear([english], options);
  expect(textOf(second)).toBe(textOf(first));
  expect(await wrongWords('jfk.txt', first, 'en')).toBeLessThanOrEqual(2);
});

test('a text is cut at the asked length', async () => {
  const [result] = await hear([english], { language: 'en', extra: { temperature: 0, tokensMax: 5 } });
  expect(textOf(result).split(' ').length).toBeLessThanOrEqual(5);
});

test('a value that makes no sense is refused', async () => {
  await expect(hear([english], { extra: { beamSize: 100 } })).rejects.toMatchObject({ code: 'request-unsupported' });
});

test('in floats the same is heard', async () => {
  const exact = await load('float32');
  try {
    const [result] = await hear([english], { language: 'en' }, exact);
    expect(await wrongWords('jfk.txt', result, 'en')).toBe(0);
  } finally {
    await exact.dispose();
  }
});
