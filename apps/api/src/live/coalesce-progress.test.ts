import { expect, test } from 'vitest';
import { coalesceProgress } from './coalesce-progress.js';

interface Item {
  readonly seq: number;
  readonly progress: boolean;
}

async function* items(kinds: string): AsyncGenerator<Item> {
  for (const [seq, kind] of [...kinds].entries()) yield { seq, progress: kind === 'p' };
}

async function collect(kinds: string, intervalMilliseconds: number): Promise<number[]> {
  const seen: number[] = [];
  const options = { isProgress: ({ progress }: Item) => progress, intervalMilliseconds };
  for await (const { seq } of coalesceProgress(items(kinds), options)) seen.push(seq);
  return seen;
}

test('everything but progress comes at once and in order, and of progress the first and the last', async () => {
  expect(await collect('ppppp', 1000)).toEqual([0, 4]);
  expect(await collect('pppsps', 1000)).toEqual([0, 3, 5]);
  expect(await collect('ssss', 1000)).toEqual([0, 1, 2, 3]);
  expect(await collect('', 1000)).toEqual([]);
});

test('held progress is sent when its time has come, although nothing follows', async () => {
  let release: () => void = () => undefined;
  async function* source(): AsyncGenerator<Item> {
    yield { seq: 0, progress: true };
    yield { seq: 1, progress: true };
    await new Promise<void>((resolve) => (release = resolve));
  }
  const stream = coalesceProgress(source(), { isProgress: ({ progress }) => progress, intervalMilliseconds: 30 });
  expect((await stream.next()).value).toMatchObject({ seq: 0 });
  expect((await stream.next()).value).toMatchObject({ seq: 1 });
  const end = stream.next();
  release();
  expect((await end).done).toBe(true);
});

test('a source that fails is heard of', async () => {
  async function* failing(): AsyncGenerator<Item> {
    yield { seq: 0, progress: false };
    throw new Error('gone');
  }
  const stream = coalesceProgress(failing(), { isProgress: () => false, intervalMilliseconds: 10 });
  await stream.next();
  await expect(stream.next()).rejects.toThrow('gone');
});
