import { expect, test } from 'vitest';
import { RateMeter } from './rate-meter.js';

test('the rate is that of the last seconds, and none before a second has gone by', () => {
  const meter = new RateMeter();
  // What an earlier fetch left counts as nothing.
  expect(meter.measure(1_000_000, 0)).toBeNull();
  expect(meter.measure(1_000_500, 500)).toBeNull();
  expect(meter.measure(1_001_000, 1000)).toBe(1000);
  for (let second = 2; second <= 10; second += 1) meter.measure(1_001_000, second * 1000);
  expect(meter.measure(1_001_000, 11_000)).toBe(0);
});

test('a fetch that begins anew has no negative rate', () => {
  const meter = new RateMeter();
  meter.measure(5000, 0);
  expect(meter.measure(100, 2000)).toBeNull();
  expect(meter.measure(600, 4000)).toBe(250);
});
