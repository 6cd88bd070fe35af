import { expect, test } from 'vitest';
import { compressionRatio, judgeAttempt } from './attempt-quality.js';
import { detectLanguage } from './language-detection.js';
import { createRandom, logSumExp, probabilityOf, sampleToken } from './probabilities.js';
import { findRepetition, lengthWithoutRepetition } from './repetition.js';
import { deriveSpecialTokens } from '../vocabulary/special-tokens.js';

const attempt = {
  text: 'He hoped there would be stew for dinner.',
  meanLogProbability: -0.3,
  noSpeechProbability: 0.1,
  looped: false,
};

test('a sure text is good, a guess is tried again, a guess at silence is dropped', () => {
  expect(judgeAttempt(attempt)).toBe('good');
  expect(judgeAttempt({ ...attempt, meanLogProbability: -1.2 })).toBe('retry');
  expect(judgeAttempt({ ...attempt, meanLogProbability: -1.2, noSpeechProbability: 0.7 })).toBe('silence');
  expect(judgeAttempt({ ...attempt, noSpeechProbability: 0.9 })).toBe('good');
});

test('a text that repeats itself is tried again', () => {
  const text = 'and so on and so forth, '.repeat(12);
  expect(compressionRatio(text)).toBeGreaterThan(2.4);
  expect(judgeAttempt({ ...attempt, text })).toBe('retry');
  expect(judgeAttempt({ ...attempt, looped: true })).toBe('retry');
});

test('a loop is found at the end and cut to its first saying', () => {
  const loop = [...[1, 2, 3], ...Array.from({ length: 6 }, () => [7, 8, 9, 10]).flat()];
  expect(findRepetition(loop)).toEqual({ period: 4, repeats: 6 });
  expect(lengthWithoutRepetition(loop)).toBe(7);
  expect(findRepetition([1, 5, 5, 5, 5, 5])).toBeUndefined();
  expect(lengthWithoutRepetition([1, 2, 3])).toBe(3);
});

test('sampling follows the probabilities, never the rule’s forbidden tokens, and the same seed draws the same', () => {
  const logits = Float32Array.from([Math.log(0.5), Math.log(0.25), Math.log(0.25), 50]);
  const rule = Float32Array.from([0, 0, 0, -1e30]);
  const draw = (seed: number): number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 2000 }, () => sampleToken(logits, rule, 1, random).token);
  };
  const tokens = draw(1);
  expect(tokens.filter((token) => token === 0).length / tokens.length).toBeCloseTo(0.5, 1);
  expect(tokens).not.toContain(3);
  expect(draw(1)).toEqual(tokens);
  expect(draw(2)).not.toEqual(tokens);
  const sharp = sampleToken(logits, rule, 0.01, createRandom(3));
  expect(sharp.token).toBe(0);
  expect(sharp.logProbability).toBeCloseTo(Math.log(0.5), 5);
});

test('sums of exponentials do not overflow', () => {
  expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.log(2));
  expect(probabilityOf([0, 0, 0, 0], 2)).toBeCloseTo(0.25);
});

test('the language is the likeliest language token, whatever other tokens say', () => {
  const special = deriveSpecialTokens({
    vocabularySize: 51_865,
    audioContext: 1500,
    audioState: 64,
    audioHeads: 1,
    audioLayers: 1,
    textContext: 448,
    textState: 64,
    textHeads: 1,
    textLayers: 1,
    melBins: 80,
  });
  const logits = new Float32Array(51_865);
  logits[5] = 100;
  logits[special.languages.get('de') ?? 0] = 10;
  const { language, confidence } = detectLanguage(logits, special);
  expect(language).toBe('de');
  expect(confidence).toBeCloseTo(Math.exp(10) / (Math.exp(10) + 98));
});
