import { expect, test } from 'vitest';
import type { Segment } from '../job/job-state';
import { markRanges, splitSegment } from './segment-parts';

function segment(text: string, words: readonly string[]): Segment {
  return {
    id: 's',
    index: 0,
    windowIndex: 0,
    startSeconds: 0,
    endSeconds: 1,
    text,
    confidence: 0.7,
    channel: null,
    language: null,
    revision: 1,
    editedAt: null,
    words: words.map((word, index) => ({ text: word, startSeconds: 0, endSeconds: 1, confidence: index / 10 })),
  };
}

const texts = (text: string, words: readonly string[]): string[] =>
  splitSegment(segment(text, words)).map((part) => part.text);

test('words with and without their own spaces give the text as it was written', () => {
  expect(texts(' ask not, what', ['ask', 'not,', 'what'])).toEqual(['ask', ' ', 'not,', ' ', 'what']);
  expect(texts('ask not, what', [' ask', ' not,', ' what'])).toEqual(['ask', ' ', 'not,', ' ', 'what']);
  expect(texts('今日は', ['今日', 'は'])).toEqual(['今日', 'は']);
});

test('each word keeps its own confidence, also when it occurs twice', () => {
  expect(splitSegment(segment('no no', ['no', 'no'])).map((part) => part.confidence)).toEqual([0, undefined, 0.1]);
});

test('no text is lost: what no word covers is kept, and words of another text are ignored', () => {
  expect(texts('“Yes,” he said.', ['Yes', 'he'])).toEqual(['“', 'Yes', ',” ', 'he', ' said.']);
  expect(splitSegment(segment('Yes.', ['No']))).toEqual([{ text: 'Yes.', confidence: 0.7 }]);
  expect(splitSegment(segment('Yes.', []))).toEqual([{ text: 'Yes.', confidence: 0.7 }]);
});

test('what was found is marked across words, and every word keeps its confidence and its place', () => {
  const parts = markRanges(splitSegment(segment('ask not what', ['ask', 'not', 'what'])), [
    { start: 1, end: 5, current: false },
    { start: 8, end: 12, current: true },
  ]);
  expect(parts).toEqual([
    { text: 'a', confidence: 0, word: 0 },
    { text: 'sk', confidence: 0, word: 0, found: false },
    { text: ' ', found: false },
    { text: 'n', confidence: 0.1, word: 1, found: false },
    { text: 'ot', confidence: 0.1, word: 1 },
    { text: ' ' },
    { text: 'what', confidence: 0.2, word: 2, found: true },
  ]);
});
