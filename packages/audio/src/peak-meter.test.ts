import { expect, test } from 'vitest';
import { createPeakMeter } from './peak-meter.js';

test('each step holds its loudest sample, whichever way it points', () => {
  const meter = createPeakMeter();
  const samples = new Float32Array(400);
  samples[10] = 0.5;
  samples[200] = -1;
  samples[399] = 0.2;
  meter.push(samples.subarray(0, 37));
  meter.push(samples.subarray(37));
  expect(meter.finish()).toEqual({ peaks: Uint8Array.of(128, 255, 51), peakSeconds: 0.01 });
});

test('a longer recording has longer steps, not more of them, and loses no peak', () => {
  const meter = createPeakMeter(8);
  const samples = new Float32Array(160 * 20);
  samples[160 * 17] = 1;
  meter.push(samples);
  const { peaks, peakSeconds } = meter.finish();
  expect([peaks.length, peakSeconds]).toEqual([5, 0.04]);
  expect([...peaks]).toEqual([0, 0, 0, 0, 255]);
});
