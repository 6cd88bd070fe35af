import { expect, test } from 'vitest';
import { dequantize } from './dequantize.js';
import { HALF_TO_FLOAT } from './half-float.js';
import { tensorBytes, type TensorFormat } from './tensor-format.js';

/** f16 bits of the scale 0.5 and the minimum -2, little-endian. */
const SCALE = [0x00, 0x38];
const MINIMUM = [0x00, 0xc0];
const NIBBLES = Array.from({ length: 16 }, (_, index) => index | ((15 - index) << 4));
const FIFTH_BITS = [0b1010_0101, 0b1111_0000, 0b0000_1111, 0b1100_0011];

/** The definition, number by number: low nibbles first, fifth bit from a 32-bit word. */
function expected(format: 'q4_0' | 'q4_1' | 'q5_0' | 'q5_1'): number[] {
  const fifth = format.startsWith('q5');
  return Array.from({ length: 32 }, (_, index) => {
    const nibble = index < 16 ? index : 15 - (index - 16);
    const bit = fifth ? ((FIFTH_BITS[index >> 3] as number) >> (index & 7)) & 1 : 0;
    const value = nibble + 16 * bit;
    return format.endsWith('_1') ? value * 0.5 - 2 : (value - (fifth ? 16 : 8)) * 0.5;
  });
}

test.each([
  ['q4_0', [...SCALE, ...NIBBLES]],
  ['q4_1', [...SCALE, ...MINIMUM, ...NIBBLES]],
  ['q5_0', [...SCALE, ...FIFTH_BITS, ...NIBBLES]],
  ['q5_1', [...SCALE, ...MINIMUM, ...FIFTH_BITS, ...NIBBLES]],
] as const)('a %s block gives the numbers of its definition', (format, bytes) => {
  const output = new Float32Array(64);
  dequantize(format, Uint8Array.from([...bytes, ...bytes]), output);
  expect([...output]).toEqual([...expected(format), ...expected(format)]);
});

test('q8_0 is a signed byte times the scale of its block', () => {
  const bytes = Uint8Array.from([...SCALE, ...Array.from({ length: 32 }, (_, index) => (index * 8 - 128) & 255)]);
  const output = new Float32Array(32);
  dequantize('q8_0', bytes, output);
  expect([...output]).toEqual(Array.from({ length: 32 }, (_, index) => (index * 8 - 128) * 0.5));
});

test('f16 and f32 come back as they are', () => {
  const output = new Float32Array(2);
  dequantize('f16', Uint8Array.of(0x00, 0x3c, 0x00, 0xc4), output);
  expect([...output]).toEqual([1, -4]);
  dequantize('f32', new Uint8Array(Float32Array.of(0.1, -7).buffer), output);
  expect(output).toEqual(Float32Array.of(0.1, -7));
});

test('half floats have their smallest, largest and infinite values', () => {
  expect(HALF_TO_FLOAT[0x0001]).toBe(2 ** -24);
  expect(HALF_TO_FLOAT[0x7bff]).toBe(65_504);
  expect(HALF_TO_FLOAT[0xfc00]).toBe(-Infinity);
  expect(HALF_TO_FLOAT[0x7e00]).toBeNaN();
});

test('a length that does not fill whole blocks has no size', () => {
  const formats: TensorFormat[] = ['q4_0', 'q4_1', 'q5_0', 'q5_1', 'q8_0'];
  expect(formats.map((format) => tensorBytes(format, 33))).toEqual(formats.map(() => undefined));
  expect(formats.map((format) => tensorBytes(format, 64))).toEqual([36, 40, 44, 48, 68]);
});
