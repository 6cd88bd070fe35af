import { expect, test } from 'vitest';
import { dequantize } from './dequantize.js';
import { floatToHalf, HALF_TO_FLOAT } from './half-float.js';
import { quantize } from './quantize.js';
import { TENSOR_FORMATS, type TensorFormat } from './tensor-format.js';

const values = Float32Array.from({ length: 320 }, (_, index) => Math.sin(index * 1.7) * (1 + (index % 9)));

/** Most that a number may move, in parts of the largest of its block. */
const ERROR_MAX: Readonly<Record<TensorFormat, number>> = {
  f32: 0,
  f16: 2 ** -11,
  q8_0: 0.5 / 127 + 2 ** -11,
  q5_0: 1 / 16 + 2 ** -10,
  q5_1: 1 / 31 + 2 ** -10,
  q4_0: 1 / 8 + 2 ** -10,
  q4_1: 1 / 15 + 2 ** -10,
};

test.each(TENSOR_FORMATS)('numbers stored as %s come back within a step', (format) => {
  const restored = new Float32Array(values.length);
  dequantize(format, quantize(format, values), restored);
  for (let block = 0; block < values.length; block += 32) {
    const original = values.subarray(block, block + 32);
    const largest = Math.max(...original.map(Math.abs));
    original.forEach((value, index) => {
      expect(Math.abs((restored[block + index] as number) - value)).toBeLessThanOrEqual(ERROR_MAX[format] * largest);
    });
  }
});

test.each(TENSOR_FORMATS)('zeros stored as %s stay zeros', (format) => {
  const restored = new Float32Array(64).fill(1);
  dequantize(format, quantize(format, new Float32Array(64)), restored);
  expect(restored.every((value) => value === 0)).toBe(true);
});

test('every half float keeps its bits on the way through a float', () => {
  for (let bits = 0; bits < 65_536; bits++) {
    const value = HALF_TO_FLOAT[bits] as number;
    if (!Number.isNaN(value)) expect(floatToHalf(value)).toBe(bits);
  }
  expect(HALF_TO_FLOAT[floatToHalf(NaN)]).toBeNaN();
});

test('a float is rounded to the nearest half, ties to even', () => {
  const half = (value: number): number => HALF_TO_FLOAT[floatToHalf(value)] as number;
  expect(half(1 + 2 ** -11)).toBe(1);
  expect(half(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
  expect(half(-(1 + 2 ** -11 + 2 ** -20))).toBe(-(1 + 2 ** -10));
  expect(half(2047.6)).toBe(2048);
  expect(half(65_519)).toBe(65_504);
  expect(half(65_520)).toBe(Infinity);
  expect(half(2.5 * 2 ** -24)).toBe(2 ** -23);
  expect(half(2 ** -26)).toBe(0);
});
