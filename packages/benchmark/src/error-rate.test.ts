import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countEdits } from './edit-counts.js';
import { characterErrorRate, wordErrorRate } from './index.js';

const english = { language: 'en' };

test('each kind of error is counted as what it is', () => {
  expect(wordErrorRate('a b c d', 'a x c d', english)).toMatchObject({ substitutions: 1, errors: 1, rate: 0.25 });
  expect(wordErrorRate('a b c d', 'a b c d e', english)).toMatchObject({ insertions: 1, errors: 1, rate: 0.25 });
  expect(wordErrorRate('a b c d', 'a b d', english)).toMatchObject({ deletions: 1, errors: 1, rate: 0.25 });
});

test('what only looks different is no error', () => {
  const rate = wordErrorRate("He won't pay $20, will he?", 'he will not pay twenty dollars will he', english);
  expect(rate).toMatchObject({ words: 7, errors: 0, rate: 0 });
});

test('invented text is an error even where nothing was said', () => {
  expect(wordErrorRate('', '', english)).toMatchObject({ words: 0, errors: 0, rate: 0 });
  expect(wordErrorRate('', 'Thank you.', english)).toMatchObject({ words: 0, insertions: 2, rate: Infinity });
});

test('in Japanese characters are compared', () => {
  expect(wordErrorRate('今日は晴れ。', '今日は雨', { language: 'ja' })).toMatchObject({
    words: 5,
    errors: 2,
    rate: 0.4,
  });
});

test('the character error rate does not count spaces', () => {
  expect(characterErrorRate('data base', 'database', english)).toMatchObject({ characters: 8, errors: 0 });
  expect(characterErrorRate('café', 'cave', english)).toMatchObject({ characters: 4, substitutions: 1, rate: 0.25 });
});

const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });

test('the edits account for both lengths, and are none only for equal lists', () => {
  fc.assert(
    fc.property(words, words, (from, to) => {
      const { substitutions, insertions, deletions } = countEdits(from, to);
      expect(to.length - from.length).toBe(insertions - deletions);
      expect(substitutions + deletions).toBeLessThanOrEqual(from.length);
      expect(substitutions + insertions + deletions === 0).toBe(from.join() === to.join());
    }),
  );
});

test('the edits are the fewest: no more than a way that is known', () => {
  fc.assert(
    fc.property(words, fc.nat(), fc.nat(), (from, at, kept) => {
      const position = at % (from.length + 1);
      const to = [...from.slice(0, position), 'x', ...from.slice(position + (kept % 2))];
      const { substitutions, insertions, deletions } = countEdits(from, to);
      expect(substitutions + insertions + deletions).toBe(1);
    }),
  );
});

test('the distance is symmetric', () => {
  fc.assert(
    fc.property(words, words, (from, to) => {
      const distance = (left: string[], right: string[]) => {
        const { substitutions, insertions, deletions } = countEdits(left, right);
        return substitutions + insertions + deletions;
      };
      expect(distance(from, to)).toBe(distance(to, from));
    }),
  );
});
