import { expect, test } from 'vitest';
import { lastBegunAt } from './segment-at';

test('the last one that has begun is heard, and none before the first', () => {
  const items = [{ startSeconds: 1 }, { startSeconds: 2 }, { startSeconds: 2 }, { startSeconds: 5 }];
  expect([0, 1, 1.9, 2, 4, 5, 99].map((seconds) => lastBegunAt(items, seconds))).toEqual([-1, 0, 0, 2, 2, 3, 3]);
  expect(lastBegunAt([], 3)).toBe(-1);
});
