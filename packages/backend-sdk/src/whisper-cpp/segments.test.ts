import { expect, test } from 'vitest';
import { joinWords, segmentsOf } from './segments.js';

test('scripts without spaces are joined without them', () => {
  const word = (text: string) => ({ text, startSeconds: 0, endSeconds: 1, confidence: 1 });
  expect(joinWords([word('電球が'), word('止まって')])).toBe('電球が止まって');
  expect(joinWords([word('one,'), word('two')])).toBe('one, two');
});

test('segments end with a sentence, and at a long pause', () => {
  const word = (text: string, startSeconds: number) => ({
    text,
    startSeconds,
    endSeconds: startSeconds + 0.3,
    confidence: 1,
  });
  const segments = segmentsOf([word('One', 0), word('two.', 0.4), word('Three', 0.8), word('four', 3)]);
  expect(segments.map(({ text }) => text)).toEqual(['One two.', 'Three', 'four']);
});
