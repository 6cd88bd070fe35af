import { BackendError } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { parseAnswer } from './parse-answer.js';

test('tokens of all segments come in order, a missing probability counts as none', () => {
  const body = JSON.stringify({
    segments: [
      {
        words: [
          { word: ' Hel', probability: 0.9 },
          { word: 'lo', probability: null },
        ],
      },
      { text: '' },
      { words: [{ word: ' you', probability: 0.5 }] },
    ],
  });
  expect(parseAnswer(body)).toEqual({
    tokens: [
      { text: ' Hel', probability: 0.9 },
      { text: 'lo', probability: 0 },
      { text: ' you', probability: 0.5 },
    ],
  });
});

test('the most probable language is the detected one', () => {
  const body = JSON.stringify({ segments: [], language_probabilities: { de: 0.2, sv: 0.7, en: 0.1 } });
  expect(parseAnswer(body).language).toEqual({ code: 'sv', probability: 0.7 });
});

test.each(['', 'File Not Found', '[]', '{"segments":[{"words":[{"word":7}]}]}', '{"segments":{}}'])(
  'an answer that is none is a typed error: %s',
  (body) => {
    expect(() => parseAnswer(body)).toThrow(BackendError);
  },
);
