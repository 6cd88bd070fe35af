import { expect, test } from 'vitest';
import { breakLoops, dropNonSpeech } from './clean-words.js';

const wordsOf = (text: string) => text.split(' ').map((word) => ({ text: word, confidence: 1 }));
const textOf = (words: readonly { text: string }[]) => words.map(({ text }) => text).join(' ');

test.each(['[BLANK_AUDIO]', '(music)', '[ Silence ]', '♪', '♪ la la la ♪', '*sighs*', '...', '(upbeat music)'])(
  'what the model writes about sound is no speech: %s',
  (text) => {
    expect(dropNonSpeech(wordsOf(text))).toEqual([]);
  },
);

test('speech around a remark stays, and so does a long bracket', () => {
  expect(textOf(dropNonSpeech(wordsOf('Hello [coughs] there (laughs). Bye')))).toBe('Hello there Bye');
  expect(textOf(dropNonSpeech(wordsOf('It was (as far as I know) true')))).toBe('It was (as far as I know) true');
});

test('a decoding loop is kept once, what people repeat stays', () => {
  const looped = wordsOf(`so we begin ${'and then we go home '.repeat(9)}again`.trim());
  expect(textOf(breakLoops(looped).words)).toBe('so we begin and then we go home again');
  expect(breakLoops(looped).repeatsRemoved).toBe(8);
  expect(breakLoops(wordsOf('no no no, very very good')).repeatsRemoved).toBe(0);
});
