import { expect, test } from 'vitest';
import { readWindowSamples } from './read-window-samples.js';

/** One second whose samples count from -8000 up. */
const work = new Uint8Array(Int16Array.from({ length: 16_000 }, (_, index) => index - 8000).buffer);
const read = async ({ startByte, lengthBytes }: { startByte: number; lengthBytes: number }): Promise<Uint8Array> =>
  Promise.resolve(work.subarray(startByte, startByte + lengthBytes));

test('a window yields its own samples, in -1..1', async () => {
  const samples = await readWindowSamples(read, { startSeconds: 0.25, endSeconds: 0.75 });
  expect(samples).toHaveLength(8000);
  expect(samples[0]).toBe(-4000 / 32_768);
  expect(samples.at(-1)).toBe(3999 / 32_768);
});

test('a window that ends behind the file yields what there is, one that begins behind it fails', async () => {
  expect(await readWindowSamples(read, { startSeconds: 0.999, endSeconds: 1.5 })).toHaveLength(16);
  await expect(readWindowSamples(read, { startSeconds: 2, endSeconds: 3 })).rejects.toMatchObject({
    code: 'prepare-failed',
  });
});
