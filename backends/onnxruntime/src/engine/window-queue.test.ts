import { expect, test } from 'vitest';
import { WindowQueue, type WindowTask } from './window-queue.js';

function task(request: object, index: number): WindowTask {
  return {
    request,
    window: { index, startSeconds: 0, samples: new Float32Array(0) },
    options: { task: 'transcribe', wordTimes: false },
    resolve: () => undefined,
    reject: () => undefined,
  };
}

test('requests take turns, and each keeps the order of its windows', () => {
  const queue = new WindowQueue();
  const long = { name: 'long' };
  const short = { name: 'short' };
  for (const index of [0, 1, 2]) queue.add(task(long, index));
  queue.add(task(short, 0));
  const order = Array.from({ length: 4 }, () => queue.take()).map((taken) => [taken?.request, taken?.window.index]);
  expect(order).toEqual([
    [long, 0],
    [short, 0],
    [long, 1],
    [long, 2],
  ]);
  expect(queue.isEmpty).toBe(true);
  expect(queue.take()).toBeUndefined();
});

test('a removed request leaves nothing behind', () => {
  const queue = new WindowQueue();
  const kept = {};
  const removed = {};
  queue.add(task(removed, 0));
  queue.add(task(kept, 7));
  queue.remove(removed);
  expect(queue.takeAll().map(({ window }) => window.index)).toEqual([7]);
});
