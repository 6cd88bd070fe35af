import { expect, test } from 'vitest';
import { quantizeColumns } from './weight-quantization.js';

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

test('a row of zeros stays zero', () => {
  const { values } = quantizeColumns(new Float32Array(64), 2, 32);
  expect(values.every((value) => value === 0)).toBe(true);
});
