import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// The compiled backend: its encoder's thread is a module that Node loads.
import backend from '@voice-transcriber/backend-onnxruntime';
import { BackendError, type LoadedModel, type ModelManifest } from '@voice-transcriber/backend-sdk';
import { afterAll, expect, test } from 'vitest';
import type { HyperParameters } from '../checkpoint/hyper-parameters.js';
import { readCheckpoint } from '../checkpoint/read-checkpoint.js';
import type { TensorFormat } from '../checkpoint/tensor-format.js';
import { findHyperParameters, listTensors, storedFormat, type CheckpointName } from './checkpoint-layout.js';
import { convertCheckpoint } from './convert-checkpoint.js';
import { createMelFilters } from './mel-filter-bank.js';
import { writeRandomCheckpoint } from './write-random-checkpoint.js';

const EMBEDDED = fileURLToPath(new URL('../../../../models/ggml-base-q8_0.bin', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'checkpoints-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The shape of an official model with two heads and two layers instead of all. */
function reduced(name: CheckpointName): HyperParameters {
  const parts = { audioState: 128, textState: 128, audioHeads: 2, textHeads: 2, audioLayers: 2, textLayers: 2 };
  return { ...findHyperParameters(name), ...parts };
}

function writeReduced(name: CheckpointName, format: TensorFormat): string {
  const path = join(directory, `${name}-${format}.bin`);
  writeRandomCheckpoint(path, { hyperParameters: reduced(name), format, vocabularyPath: EMBEDDED });
  return path;
}

async function load(path: string, name: string): Promise<LoadedModel> {
  const report = await backend.probe();
  const device = report.status === 'available' ? report.devices[0] : undefined;
  if (device === undefined) throw new Error('ONNX Runtime does not load here.');
  const manifest = { name } as ModelManifest;
  return backend.load({ manifest, path }, { device, threads: 1 });
}

test('the layout of base is that of the official file: names, shapes and formats in the same order', () => {
  const checkpoint = readCheckpoint(EMBEDDED);
  const stored = checkpoint.tensorNames.map((name) => checkpoint.tensor(name));
  checkpoint.close();
  const planned = listTensors(findHyperParameters('base'));
  expect(checkpoint.hyperParameters).toEqual(findHyperParameters('base'));
  const sorted = (names: readonly { name: string }[]): string[] => names.map(({ name }) => name).sort();
  expect(sorted(planned)).toEqual(sorted(stored));
  for (const plan of planned) {
    const { shape, format } = checkpoint.tensor(plan.name);
    expect({ name: plan.name, shape, format }).toEqual({ ...plan, format: storedFormat(plan, 'q8_0') });
  }
});

test('computed mel filters are those that the official file carries', () => {
  const checkpoint = readCheckpoint(EMBEDDED);
  checkpoint.close();
  const computed = createMelFilters(80).weights;
  checkpoint.melFilters.weights.forEach((weight, index) => {
    expect(Math.abs(weight - (computed[index] as number))).toBeLessThan(1e-8);
  });
});

test('floats written as q8_0 are byte for byte the official q8_0 file they were read from', () => {
  const floats = join(directory, 'floats.bin');
  const again = join(directory, 'again.bin');
  convertCheckpoint(EMBEDDED, floats, 'f16');
  convertCheckpoint(floats, again, 'q8_0');
  expect(readFileSync(again).equals(readFileSync(EMBEDDED))).toBe(true);
});

test.each([
  ['tiny.en', 'q5_1'],
  ['base', 'f32'],
  ['small.en', 'q8_0'],
  ['medium', 'q5_0'],
  ['medium.en', 'q4_0'],
  ['large-v2', 'q4_1'],
  ['large-v3', 'f16'],
  ['large-v3-turbo', 'q5_0'],
] as const)('a checkpoint shaped like %s in %s loads and runs', async (name, format) => {
  const path = writeReduced(name, format);
  const model = await load(path, `${name}-${format}`);
  try {
    const multilingual = !name.endsWith('.en');
    expect(model.capabilities).toMatchObject({ translation: multilingual, languageDetection: multilingual });
    const samples = Float32Array.from({ length: 16_000 }, (_, index) => Math.sin(index / 20) / 2);
    const options = { task: 'transcribe', wordTimes: true, extra: { temperature: 0, tokensMax: 8 } } as const;
    const results = [];
    for await (const part of model.transcribe({ windows: [{ index: 0, startSeconds: 0, samples }], options })) {
      results.push(part);
    }
    expect(results).toMatchObject([{ type: 'window-final', result: { index: 0 } }]);
    if (name.startsWith('large-v3')) await expectKnown(model, 'yue');
  } finally {
    await model.dispose();
  }
});

test('Cantonese is known to the hundred-language models alone', async () => {
  const model = await load(writeReduced('small', 'q8_0'), 'small-q8_0');
  await expect(expectKnown(model, 'yue')).rejects.toBeInstanceOf(BackendError);
  await model.dispose();
});

async function expectKnown(model: LoadedModel, language: string): Promise<void> {
  const samples = new Float32Array(16_000);
  const options = { task: 'transcribe', wordTimes: false, language } as const;
  for await (const part of model.transcribe({ windows: [{ index: 0, startSeconds: 0, samples }], options })) {
    expect(part.type).toBe('window-final');
  }
}
