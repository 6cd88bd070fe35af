import { expect, test } from 'vitest';
import { reportCoverage } from './coverage-report.js';

const segment = (text: string, startSeconds: number, endSeconds: number, confidence = 0.9) => ({
  text,
  startSeconds,
  endSeconds,
  confidence,
});

test('speech without text is named, a pause or the soft end of a word is not', () => {
  const report = reportCoverage([segment('One.', 0.2, 4), segment('Two.', 4.9, 6)], {
    speech: [
      { startSeconds: 0, endSeconds: 6.2 },
      { startSeconds: 10, endSeconds: 13.5 },
    ],
  });
  expect(report.uncovered).toEqual([{ startSeconds: 10, endSeconds: 13.5, reason: '3.5 s of speech have no text' }]);
  expect(report.speechSeconds).toBeCloseTo(9.7);
  // Of the pause between the two segments, 0.9 s, 0.3 s on either side belong to them.
  expect(report.coveredSeconds).toBeCloseTo(5.9);
});

test('loops and segments that the engine was not sure of are named with their reason', () => {
  const report = reportCoverage([segment('I am going to go. '.repeat(5), 0, 9), segment('Mumble.', 9, 10, 0.31)], {
    speech: [],
  });
  expect(report.loops).toEqual([{ startSeconds: 0, endSeconds: 9, reason: '"i am going to go" is repeated 5 times' }]);
  expect(report.lowConfidence).toEqual([{ startSeconds: 9, endSeconds: 10, reason: 'The engine is 31 % sure of it' }]);
});
