import { expect, test } from 'vitest';
import { encodeWave } from './encode-wave.js';

test('samples reach the server as they are', () => {
  const wave = encodeWave(new Float32Array([0.1, -1, 0]), 16_000);
  expect(wave.length).toBe(44 + 12);
  expect(wave.readUInt32LE(4)).toBe(wave.length - 8);
  expect([0, 1, 2].map((at) => wave.readFloatLE(44 + 4 * at))).toEqual([Math.fround(0.1), -1, 0]);
});
