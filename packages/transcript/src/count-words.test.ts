import { expect, test } from 'vitest';
import { countWords } from './count-words.js';

function countAtOnce(text: string): number {
  const words = new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text);
  return [...words].filter(({ isWordLike }) => isWordLike).length;
}

test.each([
  ['with spaces', 'The brown fox, it’s 3.5 miles away and doesn’t care. '],
  ['without spaces', '私は学生です。今日は天気がいいので、散歩に行きましょう。'],
  ['of one endless word', 'a'],
])('a long text %s has as many words as counted at once', (_kind, sentence) => {
  const text = sentence.repeat(60);
  expect(countWords(text)).toBe(countAtOnce(text));
});

test('a text of three hours is counted', () => {
  expect(countWords('transcribed words and more '.repeat(7500))).toBe(30_000);
});

test('nothing has no words', () => {
  expect([countWords(''), countWords(' … ')]).toEqual([0, 0]);
});
