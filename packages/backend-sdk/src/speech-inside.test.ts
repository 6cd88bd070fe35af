import { expect, test } from 'vitest';
import { speechInside } from './speech-inside.js';

test('speech of a recording is cut to the window, in seconds of the recording', () => {
  const outline = [1000, 4000, 6000, 9000, 20_000, 21_000];
  expect(speechInside({ startSeconds: 3, endSeconds: 8 }, outline)).toEqual([
    { startSeconds: 3, endSeconds: 4 },
    { startSeconds: 6, endSeconds: 8 },
  ]);
  expect(speechInside({ startSeconds: 10, endSeconds: 19 }, outline)).toEqual([]);
});

test('where nobody listened for voices, nothing is said about them', () => {
  expect(speechInside({ startSeconds: 0, endSeconds: 9 }, null)).toBeUndefined();
});
