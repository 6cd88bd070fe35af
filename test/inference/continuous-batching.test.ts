import type { TranscriptPart } from '@voice-transcriber/backend-sdk';
import { waitFor } from '@voice-transcriber/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeHost, finalIndexes, isAlive, type FakeHost } from './with-fake-host.js';

/** Of the fake backend's concurrent models. */
const SLOTS = 4;

let fake: FakeHost;

beforeEach(async () => {
  fake = await createFakeHost(['fake-concurrent']);
});

afterEach(async () => {
  const pids = fake.host.loadedModels().map(({ pid }) => pid);
  await fake.dispose();
  expect(pids.filter(isAlive)).toEqual([]);
});

const pidOf = (): number => fake.host.loadedModels()[0]?.pid ?? 0;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const sorted = (parts: readonly TranscriptPart[]): number[] => finalIndexes(parts).sort((one, other) => one - other);
const failure = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Follows which windows are inside, from the progress that the fake backend reports at the start and the result at the end of each. */
function watchInside(): {
  readonly inside: Set<string>;
  most: number;
  follow(name: string): (part: TranscriptPart) => void;
} {
  const watch = {
    inside: new Set<string>(),
    most: 0,
    follow: (name: string) => (part: TranscriptPart) => {
      if (part.type === 'progress' && part.fraction === 0) watch.inside.add(`${name} ${part.windowIndex}`);
      if (part.type === 'window-final') watch.inside.delete(`${name} ${part.result.index}`);
      watch.most = Math.max(watch.most, watch.inside.size);
    },
  };
  return watch;
}

test('windows of one job fill every slot, and never more', async () => {
  const watch = watchInside();
  const parts = await fake.run({ windowCount: 12, script: 'fake:slow@speed=50', onPart: watch.follow('a') });
  expect(sorted(parts)).toEqual(upTo(12));
  expect(watch.most).toBe(SLOTS);
});

test('windows of several jobs share the slots of one process', async () => {
  const watch = watchInside();
  const together = new Set<string>();
  const run = (name: string) =>
    fake.run({
      windowCount: 6,
      script: 'fake:slow@speed=50',
      onPart: (part) => {
        watch.follow(name)(part);
        together.add([...new Set([...watch.inside].map((entry) => entry.split(' ')[0]))].sort().join('+'));
      },
    });
  const results = await Promise.all([run('a'), run('b'), run('c')]);
  for (const parts of results) expect(sorted(parts)).toEqual(upTo(6));
  expect(watch.most).toBe(SLOTS);
  expect([...together]).toContain('a+b+c');
  expect(fake.host.loadedModels()).toHaveLength(1);
});

test('a window that is done early comes early: a slow one holds nobody up', async () => {
  const parts = await fake.run({ windowCount: 4, script: 'fake:slow@window=0,speed=10' });
  expect(finalIndexes(parts).at(-1)).toBe(0);
  expect(sorted(parts)).toEqual(upTo(4));
});

test('a short recording behind a long one gets the next free slots', async () => {
  const finished: string[] = [];
  let begun = 0;
  const follow = (name: string) => (part: TranscriptPart) => {
    if (part.type === 'progress' && part.fraction === 0) begun += 1;
    if (part.type === 'window-final') finished.push(name);
  };
  const long = fake.run({ windowCount: 40, script: 'fake:slow@speed=25', onPart: follow('long') });
  await waitFor(() => begun >= SLOTS, { timeoutMilliseconds: 20_000 });
  const before = finished.length;
  await fake.run({ windowCount: 2, script: 'fake:slow@speed=25', onPart: follow('short') });
  // Those that were inside may end first; then turns are taken.
  expect(finished.length - before).toBeLessThanOrEqual(SLOTS + 2 * 2 + 1);
  expect(sorted(await long)).toEqual(upTo(40));
});

test('a higher priority takes every slot that falls free', async () => {
  const order: string[] = [];
  const run = (name: string, priority: number) =>
    fake.run({
      priority,
      windowCount: 8,
      script: 'fake:slow@speed=50',
      onPart: (part) => part.type === 'progress' && part.fraction === 0 && order.push(name),
    });
  await Promise.all([run('low', 0), run('high', 1)]);
  // The first slots may have been filled before the second job came.
  expect(order.slice(0, SLOTS + 8).filter((name) => name === 'high')).toHaveLength(8);
});

test('cancelling a job stops it at once and leaves the process and the other jobs alone', async () => {
  const abort = new AbortController();
  let isInside = false;
  const cancelled = failure(
    fake.run({ script: 'fake:slow@speed=0.01', signal: abort.signal, onPart: () => (isInside = true) }),
  );
  const neighbour = fake.run({ windowCount: 6, script: 'fake:slow@speed=10' });
  await waitFor(() => isInside, { timeoutMilliseconds: 20_000 });
  const pid = pidOf();
  abort.abort();
  expect(await cancelled).toMatchObject({ code: 'cancelled' });
  expect(fake.host.loadedModels()[0]?.busy).toBe(1);
  expect(sorted(await neighbour)).toEqual(upTo(6));
  expect(pidOf()).toBe(pid);
});

test('a job that does not answer its cancellation loses its process within a second, and the others go on in a new one', async () => {
  const abort = new AbortController();
  let isInside = false;
  const cancelled = failure(
    fake.run({ script: 'fake:hang-async', windowCount: 1, signal: abort.signal, onPart: () => (isInside = true) }),
  );
  const neighbour = fake.run({ windowCount: 3, script: 'fake:slow@speed=2,times=1,key=neighbour' });
  await waitFor(() => isInside, { timeoutMilliseconds: 20_000 });
  const pid = pidOf();
  const cancelledAt = performance.now();
  abort.abort();
  expect(await cancelled).toMatchObject({ code: 'cancelled' });
  expect(performance.now() - cancelledAt).toBeLessThan(1_200);
  expect(isAlive(pid)).toBe(false);
  expect(sorted(await neighbour)).toEqual(upTo(3));
});

test('a stop lets the windows inside finish and no more in', async () => {
  const stop = new AbortController();
  const parts = await fake.run({
    windowCount: 20,
    script: 'fake:slow@speed=20',
    stopSignal: stop.signal,
    onPart: (part) => part.type === 'window-final' && stop.abort(),
  });
  const count = finalIndexes(parts).length;
  expect(count).toBeGreaterThanOrEqual(SLOTS);
  expect(count).toBeLessThanOrEqual(2 * SLOTS);
});

test('a crash that strikes once costs nobody anything', async () => {
  const crashing = fake.run({ windowCount: 6, script: 'fake:segv@window=2,times=1,key=once' });
  const neighbour = fake.run({ windowCount: 6, script: 'fake:slow@speed=20' });
  expect(sorted(await crashing)).toEqual(upTo(6));
  expect(sorted(await neighbour)).toEqual(upTo(6));
});

test.each([
  ['segv', 'process-crashed'],
  ['garbage', 'protocol-violated'],
  ['out-of-memory', 'out-of-memory'],
  ['hang', 'process-hung'],
])(
  'a window that does "%s" every time is found among those inside: its job fails with %s, all others finish',
  { timeout: 60_000 },
  async (verb, code) => {
    const seen: number[] = [];
    const poisoned = failure(
      fake.run({
        windowCount: 6,
        script: `fake:${verb}@window=3`,
        windowSecondsMax: verb === 'hang' ? 3 : 30,
        onPart: (part) => part.type === 'window-final' && seen.push(part.result.index),
      }),
    );
    const neighbours = [1, 2].map(() => fake.run({ windowCount: 8, script: 'fake:slow@speed=20' }));
    expect(await poisoned).toMatchObject({ code });
    expect(seen).not.toContain(3);
    expect([...new Set(seen)], 'no window comes twice').toHaveLength(seen.length);
    for (const parts of await Promise.all(neighbours)) expect(finalIndexes(parts).sort()).toEqual(upTo(8));
  },
);

test('work that crashed before goes in alone first, so that it takes nobody with it', async () => {
  const neighbour = fake.run({ windowCount: 6, script: 'fake:slow@speed=20' });
  const suspect = failure(fake.run({ windowCount: 3, script: 'fake:segv@window=0', isSuspect: true }));
  expect(await suspect).toMatchObject({ code: 'process-crashed' });
  const parts = await neighbour;
  const begun = parts.filter((part) => part.type === 'progress' && part.fraction === 0);
  expect(begun, 'no window of the neighbour was begun twice').toHaveLength(6);
});

test('a language that is settled meanwhile goes with the windows that wait', async () => {
  let language: string | undefined;
  const parts = await fake.run({
    windowCount: 12,
    script: 'fake:slow@speed=50;hear@language=de,confidence=0.6',
    language: () => language,
    onPart: (part) => part.type === 'window-final' && (language = 'fr'),
  });
  const heard = parts.flatMap((part) => (part.type === 'window-final' ? [part.result.language] : []));
  expect(heard.filter((code) => code === 'de').length).toBeLessThanOrEqual(SLOTS);
  expect(heard.filter((code) => code === 'fr').length).toBeGreaterThanOrEqual(12 - SLOTS);
});

test('the mark before the first window says which device really runs it', async () => {
  const devices: string[] = [];
  await fake.run({ onStarted: ({ deviceActual }) => void devices.push(deviceActual) });
  expect(devices).toEqual(['cpu']);
});
