import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackendError } from '@voice-transcriber/backend-sdk';
import { afterAll, expect, test } from 'vitest';
import { readCheckpoint } from './read-checkpoint.js';

const directory = mkdtempSync(join(tmpdir(), 'checkpoint-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SHAPE = [51_866, 1500, 64, 1, 1, 448, 64, 1, 1, 128, 1];
const MEL_FILTERS = 128 * 201;

function integers(...values: number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer);
}

function tensor(name: string, type: number, data: Buffer, ...shape: number[]): Buffer {
  const header = integers(shape.length, name.length, type, ...[...shape].reverse());
  return Buffer.concat([header, Buffer.from(name), data]);
}

/** A checkpoint of the smallest shape, with one token and the given tensors. */
function file(name: string, { shape = SHAPE, tensors = [] as Buffer[] } = {}): string {
  const path = join(directory, name);
  const header = Buffer.concat([
    integers(0x67676d6c, ...shape, 128, 201),
    Buffer.alloc(MEL_FILTERS * 4),
    integers(1, 3),
  ]);
  writeFileSync(path, Buffer.concat([header, Buffer.from(' hi'), ...tensors]));
  return path;
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof BackendError) return error.code;
    throw error;
  }
  return 'none';
}

test('hyper-parameters, vocabulary and tensors of a 128 bin model are read', () => {
  const data = Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
  const checkpoint = readCheckpoint(file('good.bin', { tensors: [tensor('a.weight', 0, data, 2, 3)] }));
  expect(checkpoint.hyperParameters).toMatchObject({ vocabularySize: 51_866, textLayers: 1, melBins: 128 });
  expect(checkpoint.tokens.map((token) => Buffer.from(token).toString())).toEqual([' hi']);
  expect(checkpoint.tensor('a.weight')).toMatchObject({ format: 'f32', shape: [2, 3], length: 6 });
  expect([...checkpoint.readFloats('a.weight')]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(codeOf(() => checkpoint.tensor('b.weight'))).toBe('model-corrupt');
  checkpoint.close();
  checkpoint.close();
});

test('a tensor that ends before its data is a damaged model', () => {
  const cut = tensor('a.weight', 0, Buffer.alloc(23), 2, 3);
  expect(codeOf(() => readCheckpoint(file('cut.bin', { tensors: [cut] })))).toBe('model-corrupt');
});

test('an unknown tensor type is a model for another engine', () => {
  const unknown = tensor('a.weight', 14, Buffer.alloc(24), 2, 3);
  expect(codeOf(() => readCheckpoint(file('unknown.bin', { tensors: [unknown] })))).toBe('model-unsupported');
});

test('a shape that is not Whisper’s is a model for another engine', () => {
  const shape = SHAPE.with(2, 100);
  expect(codeOf(() => readCheckpoint(file('shape.bin', { shape })))).toBe('model-unsupported');
});

test('a folder or a missing file is a missing model', () => {
  expect(codeOf(() => readCheckpoint(directory))).toBe('model-missing');
  expect(codeOf(() => readCheckpoint(join(directory, 'nowhere.bin')))).toBe('model-missing');
});
