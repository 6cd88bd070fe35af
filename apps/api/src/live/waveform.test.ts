import { expect, test } from 'vitest';
import { drawWaveform } from './waveform.js';

const outline = (channel: number, peaks: Uint8Array) => ({
  transcriptionId: 'x',
  channel,
  peaks,
  peakSeconds: 0.5,
  speechMilliseconds: null,
});

test('every stored peak is in a point, and channels are laid over each other', () => {
  const left = outline(0, Uint8Array.of(1, 9, 2, 3, 0));
  const right = outline(1, Uint8Array.of(0, 0, 0, 0, 7));
  expect(drawWaveform([left, right], 2)).toEqual({ peaks: [9, 7], secondsPerPoint: 1.25 });
  expect(drawWaveform([left], 50)).toEqual({ peaks: [1, 9, 2, 3, 0], secondsPerPoint: 0.5 });
  expect(drawWaveform([], 50)).toBeUndefined();
});

test('the longest recording can be drawn as a single point', () => {
  const peaks = new Uint8Array(131_072);
  peaks[100_000] = 200;
  expect(drawWaveform([outline(0, peaks)], 1)?.peaks).toEqual([200]);
});
