import { expect, test } from 'vitest';
import { createEnergyMeter } from './energy-envelope.js';

test('each tenth of a second has one level, whatever the pieces the samples come in', () => {
  const samples = Float32Array.from({ length: 16_000 }, (_, index) => (index < 8000 ? 1 : 0.001));
  const whole = createEnergyMeter();
  whole.push(samples);
  const pieces = createEnergyMeter();
  for (let offset = 0; offset < samples.length; offset += 777) pieces.push(samples.subarray(offset, offset + 777));
  const levels = whole.finish();
  expect([...levels]).toEqual([...Array.from({ length: 5 }, () => 255), ...Array.from({ length: 5 }, () => 135)]);
  expect(pieces.finish()).toEqual(levels);
});

test('silence is the lowest level and a started tenth counts', () => {
  const meter = createEnergyMeter();
  meter.push(new Float32Array(1601));
  expect([...meter.finish()]).toEqual([0, 0]);
});
