import fc from 'fast-check';
import { expect, test } from 'vitest';
import { realignWords } from './realign-words.js';

const spoken = (...words: [string, number, number][]) => ({
  startSeconds: words[0]?.[1] ?? 0,
  endSeconds: words.at(-1)?.[2] ?? 0,
  words: words.map(([text, startSeconds, endSeconds]) => ({ text, startSeconds, endSeconds, confidence: 0.5 })),
});

const heard = spoken(['ask', 1, 1.4], ['nod', 1.4, 2], ['what', 2, 2.3], ['your', 2.5, 2.8], ['country', 2.8, 3.6]);

test('words that stay keep their times, and a corrected one takes the time of what it replaces', () => {
  expect(realignWords('Ask not what your country,', heard)).toEqual([
    { text: 'Ask', startSeconds: 1, endSeconds: 1.4, confidence: 0.5 },
    { text: 'not', startSeconds: 1.4, endSeconds: 2, confidence: 1 },
    { text: 'what', startSeconds: 2, endSeconds: 2.3, confidence: 0.5 },
    { text: 'your', startSeconds: 2.5, endSeconds: 2.8, confidence: 0.5 },
    { text: 'country,', startSeconds: 2.8, endSeconds: 3.6, confidence: 0.5 },
  ]);
});

test('new words share the time between their neighbours by length', () => {
  const words = realignWords('ask nod what dear old country', heard);
  expect(words.map(({ text, startSeconds, endSeconds }) => [text, startSeconds, endSeconds]).slice(2)).toEqual([
    ['what', 2, 2.3],
    ['dear', 2.3, 2.586],
    ['old', 2.586, 2.8],
    ['country', 2.8, 3.6],
  ]);
});

test('a script without spaces is cut into words, its punctuation stays with them', () => {
  const before = spoken(['今日は', 0, 0.6], ['雨', 0.6, 1], ['です。', 1, 1.5]);
  const words = realignWords('今日は雪です。', before);
  expect(words.map(({ text }) => text).join('')).toBe('今日は雪です。');
  expect(words.at(-1)).toMatchObject({ startSeconds: 1, endSeconds: 1.5 });
});

test('without word times before there are none after', () => {
  expect(realignWords('anything', { startSeconds: 0, endSeconds: 1, words: [] })).toEqual([]);
});

test('whatever is written, the words are its words, in order and inside the segment', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'Ask', 'not,', '…', '雨', 'what');
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.array(word, { minLength: 1 }), (before, after) => {
      const old = spoken(...before.map((text, index): [string, number, number] => [text, index, index + 0.5]));
      const words = realignWords(after.join(' '), old);
      expect(words.map(({ text }) => text).join(' ')).toBe(after.join(' '));
      let earliest = old.startSeconds;
      for (const { startSeconds, endSeconds } of words) {
        expect(startSeconds).toBeGreaterThanOrEqual(earliest);
        expect(endSeconds).toBeGreaterThanOrEqual(startSeconds);
        earliest = endSeconds;
      }
      expect(earliest).toBeLessThanOrEqual(old.endSeconds);
    }),
  );
});
