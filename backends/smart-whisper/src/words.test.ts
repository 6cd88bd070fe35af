import { expect, test } from 'vitest';
import type { NativeSegment } from './binding.js';
import { joinWords, segmentsOf } from './segments.js';
import { wordsOf } from './words.js';

const END_OF_TEXT = 50_257;
const BOUNDS = { startSeconds: 100, endSeconds: 110 };

function segment(text: string, tokens: readonly (readonly [text: string, from: number, to: number])[]): NativeSegment {
  return {
    from: 0,
    to: 0,
    lang: 'en',
    text,
    tokens: [
      { text: '[_BEG_]', id: 50_364, p: 0.5, from: 0, to: 0 },
      ...tokens.map(([part, from, to], id) => ({ text: part, id, p: 0.8, from, to })),
    ],
  };
}

test('parts of a word become one word, and punctuation stays with it without counting for its time', () => {
  const words = wordsOf(
    segment(' fairest rose, die', [
      [' faire', 0, 300],
      ['st', 300, 500],
      [' rose', 600, 900],
      [',', 900, 1500],
      [' die', 1600, 1900],
    ]),
    END_OF_TEXT,
    BOUNDS,
  );
  expect(words.map(({ text }) => text)).toEqual(['fairest', 'rose,', 'die']);
  expect(words.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
    [100, 100.5],
    [100.6, 100.9],
    [101.6, 101.9],
  ]);
});

test('a character that is split over tokens comes back whole from the text of the segment', () => {
  const text = 'マナノギキャンプ';
  const words = wordsOf(
    segment(text, [
      ['マ', 0, 100],
      ['ナ', 100, 200],
      ['ノ', 200, 300],
      ['\uFFFD', 300, 350],
      ['\uFFFD', 350, 400],
      ['キャ', 400, 500],
      ['ン\uFFFD', 500, 600],
      ['\uFFFD', 600, 700],
    ]),
    END_OF_TEXT,
    BOUNDS,
  );
  expect(joinWords(words)).toBe(text);
  expect(words.every(({ text: word }) => !word.includes('\uFFFD'))).toBe(true);
});

test('times that fall, leave the window or make no sense are bent into order', () => {
  const words = wordsOf(
    segment(' a b c d', [
      [' a', -1_007_280, -1_007_000],
      [' b', 9_000, 30_000],
      [' c', 2_000, 1_000],
      [' d', Number.NaN, Number.NaN],
    ]),
    END_OF_TEXT,
    BOUNDS,
  );
  let previousEndSeconds = BOUNDS.startSeconds;
  for (const { startSeconds, endSeconds } of words) {
    expect(startSeconds).toBeGreaterThanOrEqual(previousEndSeconds);
    expect(endSeconds).toBeGreaterThan(startSeconds);
    previousEndSeconds = endSeconds;
  }
  expect(previousEndSeconds).toBeLessThanOrEqual(BOUNDS.endSeconds);
});

test('segments end with a sentence and at a pause', () => {
  const word = (text: string, startSeconds: number) => ({
    text,
    startSeconds,
    endSeconds: startSeconds + 0.3,
    confidence: 1,
  });
  const segments = segmentsOf([word('One', 0), word('two.', 0.4), word('Three', 0.8), word('four', 3)]);
  expect(segments.map(({ text }) => text)).toEqual(['One two.', 'Three', 'four']);
});
