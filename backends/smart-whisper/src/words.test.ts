import { expect, test } from 'vitest';
import type { NativeSegment } from './binding.js';
import { wordsOf } from './words.js';

const END_OF_TEXT = 50_257;

function segment(text: string, tokens: readonly string[]): NativeSegment {
  const special = { text: '[_BEG_]', id: 50_364, p: 0.5 };
  return { lang: 'en', text, tokens: [special, ...tokens.map((part, id) => ({ text: part, id, p: 0.8 }))] };
}

test('parts of a word become one word, and punctuation stays with it', () => {
  const words = wordsOf(segment(' fairest rose, die', [' faire', 'st', ' rose', ',', ' die']), END_OF_TEXT);
  expect(words.map(({ text }) => text)).toEqual(['fairest', 'rose,', 'die']);
  for (const { confidence } of words) expect(confidence).toBeCloseTo(0.8);
});

test('a character that is split over tokens comes back whole from the text of the segment', () => {
  const text = 'マナノギキャンプ';
  const words = wordsOf(
    segment(text, ['マ', 'ナ', 'ノ', '\uFFFD', '\uFFFD', 'キャ', 'ン\uFFFD', '\uFFFD']),
    END_OF_TEXT,
  );
  expect(words.map((word) => word.text).join('')).toBe(text);
  expect(words.every(({ text: word }) => !word.includes('\uFFFD'))).toBe(true);
});
