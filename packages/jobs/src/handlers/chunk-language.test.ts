import { expect, test } from 'vitest';
import { isMisheard, LanguageVote, type HeardWindow } from './chunk-language.js';

type Window = HeardWindow['window'];

function makeWindow(index: number, seconds: number): Window {
  const fields = { id: '', transcriptionId: '', chunkId: '', committedAt: null, token: null, workerId: null };
  const place = { channel: null, revision: 0 };
  const heard = { language: null, languageConfidence: null, inferenceSeconds: null };
  return { ...fields, ...heard, ...place, index, startSeconds: index * 30, endSeconds: index * 30 + seconds };
}

function hear(window: Window, language: string | undefined, confidence?: number): HeardWindow {
  const segment = { text: 'words', startSeconds: 0, endSeconds: 1, confidence: 1, words: [] };
  return {
    window,
    result: {
      index: window.index,
      segments: language === undefined ? [] : [segment],
      inferenceSeconds: 1,
      ...(language !== undefined && { language }),
      ...(confidence !== undefined && { languageConfidence: confidence }),
    },
  };
}

const windows = [0, 1, 2, 3, 4].map((index) => makeWindow(index, 20));
const [first, second, third, fourth] = windows as [Window, Window, Window, Window];

test('three windows vote, and the surer ones win over one that comes first', () => {
  const vote = new LanguageVote(windows);
  vote.hear(hear(first, 'de', 0.4));
  vote.hear(hear(second, 'en', 0.7));
  expect(vote.findWinner(), 'the third is awaited').toBeUndefined();
  vote.hear(hear(third, 'de', 0.25));
  expect(vote.findWinner()).toBe('en');
});

test('who votes follows from the place in the recording, not from who is done first', () => {
  const vote = new LanguageVote(windows);
  vote.hear(hear(fourth, 'fr', 1));
  vote.hear(hear(third, 'en', 0.9));
  vote.hear(hear(second, 'en', 0.9));
  expect(vote.findWinner()).toBeUndefined();
  vote.hear(hear(first, 'en', 0.9));
  expect(vote.findWinner()).toBe('en');
});

test('silence and coughs do not vote; a single window decides alone', () => {
  const vote = new LanguageVote([makeWindow(0, 2), first, second]);
  vote.hear(hear(makeWindow(0, 2), 'la', 1));
  vote.hear(hear(first, undefined));
  expect(vote.findWinner()).toBeUndefined();
  vote.hear(hear(second, 'cy'));
  expect(vote.findWinner()).toBe('cy');
  const alone = new LanguageVote([first]);
  alone.hear(hear(first, 'en', 0.3));
  expect(alone.findWinner()).toBe('en');
  expect(new LanguageVote([]).findWinner()).toBeUndefined();
});

test('a window that differs is misheard unless it is sure and long', () => {
  expect(isMisheard(hear(first, 'de', 0.95), 'en'), 'somebody really speaks German there').toBe(false);
  expect(isMisheard(hear(first, 'de', 0.79), 'en')).toBe(true);
  expect(isMisheard(hear(makeWindow(0, 9), 'de', 0.95), 'en')).toBe(true);
  expect(isMisheard(hear(first, 'de'), 'en')).toBe(true);
  expect(isMisheard(hear(first, 'en', 0.1), 'en')).toBe(false);
  expect(isMisheard(hear(first, undefined), 'en')).toBe(false);
});
