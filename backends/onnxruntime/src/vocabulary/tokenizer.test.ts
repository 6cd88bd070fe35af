import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readCheckpoint } from '../checkpoint/read-checkpoint.js';
import { findNonSpeechTokens } from './non-speech-tokens.js';
import { deriveSpecialTokens } from './special-tokens.js';
import { createTokenRules, FORBIDDEN } from './token-rules.js';
import { createTokenizer } from './tokenizer.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const SHAPE = {
  audioContext: 1500,
  audioState: 512,
  audioHeads: 8,
  audioLayers: 6,
  textContext: 448,
  textState: 512,
  textHeads: 8,
  textLayers: 6,
  melBins: 80,
};

test('pairs are merged lowest rank first, never across pieces', () => {
  const tokenizer = createTokenizer(['a', 'b', 'c', ' ', 'bc', 'ab', ' a'].map(bytes));
  expect(tokenizer.encode('abc')).toEqual([0, 4]);
  expect(tokenizer.encode('ab abc')).toEqual([5, 6, 4]);
  expect(tokenizer.decode([5, 6, 4, 9999])).toBe('ab abc');
});

test('a character may be spread over tokens', () => {
  const [first, second] = bytes('é');
  const tokenizer = createTokenizer([Uint8Array.of(first ?? 0), Uint8Array.of(second ?? 0)]);
  expect(tokenizer.encode('é')).toEqual([0, 1]);
  expect(tokenizer.decode([0, 1])).toBe('é');
});

test.each([
  [
    51_864,
    {
      endOfText: 50_256,
      startOfTranscript: 50_257,
      translate: 50_357,
      startOfPrevious: 50_360,
      noSpeech: 50_361,
      noTimestamps: 50_362,
      timestampBegin: 50_363,
    },
    0,
  ],
  [
    51_865,
    {
      endOfText: 50_257,
      startOfTranscript: 50_258,
      translate: 50_358,
      startOfPrevious: 50_361,
      noSpeech: 50_362,
      noTimestamps: 50_363,
      timestampBegin: 50_364,
    },
    99,
  ],
  [
    51_866,
    {
      endOfText: 50_257,
      startOfTranscript: 50_258,
      translate: 50_359,
      startOfPrevious: 50_362,
      noSpeech: 50_363,
      noTimestamps: 50_364,
      timestampBegin: 50_365,
    },
    100,
  ],
])('a vocabulary of %i has Whisper’s special tokens', (vocabularySize, expected, languages) => {
  const special = deriveSpecialTokens({ ...SHAPE, vocabularySize });
  expect(special).toMatchObject(expected);
  expect(special.languages.size).toBe(languages);
  if (languages > 0) expect(special.languages.get('en')).toBe(50_259);
  if (languages === 100) expect(special.languages.get('yue')).toBe(50_358);
});

const EMBEDDED = fileURLToPath(new URL('../../../../models/ggml-base-q8_0.bin', import.meta.url));

test('the embedded checkpoint’s vocabulary encodes and suppresses as Whisper’s does', () => {
  expect(existsSync(EMBEDDED)).toBe(true);
  const checkpoint = readCheckpoint(EMBEDDED);
  checkpoint.close();
  const tokenizer = createTokenizer(checkpoint.tokens);
  expect(tokenizer.encode(' Hello, world!')).toEqual([2425, 11, 1002, 0]);
  const text = ' Straße, 東京 и 3.5 %';
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  // The first and the last of the list that OpenAI publishes with its multilingual models.
  const suppressed = findNonSpeechTokens(tokenizer);
  expect(suppressed.slice(0, 12)).toEqual([1, 2, 7, 8, 9, 10, 14, 25, 26, 27, 28, 29]);
  expect(suppressed.at(-1)).toBe(50_254);
  expect(suppressed).toHaveLength(82);
  const special = deriveSpecialTokens(checkpoint.hyperParameters);
  const [rule, first] = createTokenRules(checkpoint.hyperParameters, special, tokenizer);
  expect([rule[special.endOfText], first[special.endOfText], rule[220], first[220]]).toEqual([
    0,
    Math.fround(FORBIDDEN),
    0,
    Math.fround(FORBIDDEN),
  ]);
  expect(rule.slice(special.startOfTranscript).every((value) => value < -1e29)).toBe(true);
});
