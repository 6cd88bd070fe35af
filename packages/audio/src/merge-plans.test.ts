import { expect, test } from 'vitest';
import { mergePlans } from './merge-plans.js';

const chunk = (index: number, startSeconds: number, windows: number) => ({
  index,
  startSeconds,
  endSeconds: startSeconds + 10 * windows,
  windows: Array.from({ length: windows }, (_, position) => ({
    index: index * 10 + position,
    startSeconds: startSeconds + 10 * position,
    endSeconds: startSeconds + 10 * position + 10,
  })),
});

test('the chunks of all channels go in order of time, and every window has a number of its own', () => {
  const plan = mergePlans([
    { chunks: [chunk(0, 0, 2), chunk(1, 40, 1)] },
    { chunks: [chunk(0, 5, 1), chunk(1, 40, 1)] },
  ]);
  expect(plan.chunks.map(({ index, startSeconds }) => [index, startSeconds])).toEqual([
    [0, 0],
    [1, 5],
    [2, 40],
    [3, 40],
  ]);
  expect(plan.chunks.flatMap(({ windows }) => windows.map(({ index, channel }) => [index, channel]))).toEqual([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 0],
    [4, 1],
  ]);
});
