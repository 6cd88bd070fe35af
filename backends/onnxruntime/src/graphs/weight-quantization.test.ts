import { expect, test } from 'vitest';
import { dequantize } from '../checkpoint/dequantize.js';
import { quantizeBlocks, quantizeColumns, repackStoredBlocks } from './weight-quantization.js';

const OUTPUTS = 70;
const INPUTS = 64;
const weights = Float32Array.from(
  { length: OUTPUTS * INPUTS },
  (_, index) => Math.sin(index * 1.7) * (1 + (index % 7)),
);

test('columns come back within half a step of their scale, transposed', () => {
  const { values, scales } = quantizeColumns(weights, OUTPUTS, INPUTS);
  for (let output = 0; output < OUTPUTS; output++) {
    const scale = scales[output] as number;
    for (let input = 0; input < INPUTS; input++) {
      const restored = (values[input * OUTPUTS + output] as number) * scale;
      expect(Math.abs(restored - (weights[output * INPUTS + input] as number))).toBeLessThanOrEqual(scale * 0.501);
    }
  }
});

test('blocks come back within half a step of their scale', () => {
  const { values, scales } = quantizeBlocks(weights);
  weights.forEach((weight, index) => {
    const scale = scales[index >> 5] as number;
    expect(Math.abs(((values[index] as number) - 128) * scale - weight)).toBeLessThanOrEqual(scale * 0.501);
  });
});

test('a row of zeros stays zero', () => {
  const { values } = quantizeColumns(new Float32Array(64), 2, 32);
  expect(values.every((value) => value === 0)).toBe(true);
});

test('stored q8_0 blocks lose nothing', () => {
  const stored = Uint8Array.from({ length: 68 }, (_, index) => (index % 34 === 1 ? 0x30 : (index * 37) & 255));
  const { values, scales } = repackStoredBlocks(stored);
  const floats = new Float32Array(64);
  dequantize('q8_0', stored, floats);
  const restored = Float32Array.from(values, (value, index) => (value - 128) * (scales[index >> 5] as number));
  expect(restored).toEqual(floats);
});
