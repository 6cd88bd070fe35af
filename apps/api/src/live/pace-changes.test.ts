import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { paceChanges } from './pace-changes.js';

const INTERVAL = { intervalMilliseconds: 250 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Yields each batch at its moment, in milliseconds from the start. */
async function* atMoments(batches: readonly (readonly [at: number, names: readonly string[]])[]) {
  const startedAt = Date.now();
  for (const [at, names] of batches) {
    const wait = startedAt + at - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    yield names;
  }
}

async function collect(batches: Parameters<typeof atMoments>[0]): Promise<(readonly [number, readonly string[]])[]> {
  const startedAt = Date.now();
  const seen: (readonly [number, readonly string[]])[] = [];
  const reading = (async () => {
    for await (const names of paceChanges(atMoments(batches), INTERVAL)) seen.push([Date.now() - startedAt, names]);
  })();
  await vi.advanceTimersByTimeAsync(5000);
  await reading;
  return seen;
}

test('what changes for the first time in a while is passed on at once, whatever else has just changed', async () => {
  expect(
    await collect([
      [0, ['a']],
      [10, ['b']],
      [300, ['a']],
    ]),
  ).toEqual([
    [0, ['a']],
    [10, ['b']],
    [300, ['a']],
  ]);
});

test('what changes all the time is passed on once per interval, and its last change too', async () => {
  const changes = Array.from({ length: 60 }, (_, index) => [index * 10, ['a']] as const);
  const seen = await collect([...changes, [900, ['b']]]);
  expect(seen.map(([at]) => at)).toEqual([0, 250, 500, 750, 900]);
  expect(seen.map(([, names]) => names.join())).toEqual(['a', 'a', 'a', 'a', 'b']);
});

test('what is held when the source ends is passed on', async () => {
  expect(
    await collect([
      [0, ['a', 'b']],
      [5, ['b']],
    ]),
  ).toEqual([
    [0, ['a', 'b']],
    [5, ['b']],
  ]);
});

test('a failure of the source reaches the reader', async () => {
  vi.useRealTimers();
  const broken = (async function* () {
    yield ['a'];
    throw new Error('gone');
  })();
  const read = async (): Promise<void> => {
    for await (const names of paceChanges(broken, INTERVAL)) expect(names).toEqual(['a']);
  };
  await expect(read()).rejects.toThrow('gone');
});
