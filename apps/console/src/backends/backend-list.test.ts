import { expect, test } from 'vitest';
import { describeCapabilities, describeFact, describeRate, errorRates } from './backend-list';

const attempt = (backend: string | null, outcome: string, kind = 'CHUNK') => ({ id: 'x', backend, outcome, kind });

test('only attempts of a backend that ended well or badly count for its error rate', () => {
  const jobs = [
    { id: '1', attempts: { nodes: [attempt(null, 'SUCCEEDED', 'PREPARE'), attempt('a', 'SUCCEEDED')] } },
    { id: '2', attempts: { nodes: [attempt('a', 'FAILED'), attempt('a', 'CANCELLED'), attempt('b', 'RUNNING')] } },
  ] as Parameters<typeof errorRates>[0];
  const rates = errorRates(jobs);
  expect(rates).toEqual({ a: { failed: 1, ended: 2 } });
  expect(describeRate(rates['a'])).toContain('1 of 2 attempts failed, 50 %');
  expect(describeRate(rates['b'])).toContain('Not used');
});

test('what a backend cannot do is said as well', () => {
  const able = { wordTimes: true, translation: true, languageDetection: true, windowsAtOnce: 8 };
  expect(describeCapabilities({ ...able, cancellation: 'IMMEDIATE' })).toBe(
    'word times, translation, language detection, 8 windows at once, stops at once',
  );
  expect(describeCapabilities({ ...able, translation: false, windowsAtOnce: 1, cancellation: 'PROCESS' })).toBe(
    'word times, no translation, language detection, one window at a time, stops by ending its process',
  );
});

test('the facts of a backend are named in words', () => {
  expect(['instructionSets', 'cuda', 'CUDA'].map(describeFact)).toEqual(['instruction sets', 'cuda', 'CUDA']);
});
