import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkbench, fixture, type Workbench } from './workbench.js';

const MEBIBYTE = 1024 ** 2;
/** The design allows 600 MiB for a whole worker; the processes of the preparation take a fraction of it. */
const MEMORY_BYTES_MAX = 300 * MEBIBYTE;
/** Decoding and listening have a heap each, and each lets some 30 MiB of dead arrays lie before it collects them. */
const GROWTH_BYTES_MAX = 64 * MEBIBYTE;

let bench: Workbench;

beforeAll(async () => {
  bench = await createWorkbench();
});

afterAll(async () => {
  await bench.dispose();
});

test('the memory of the preparation is bounded and does not grow from 10 minutes to 60', async () => {
  const clip = await bench.make(
    'clip.wav',
    '-i',
    fixture('jfk.flac'),
    '-af',
    'apad=pad_len=176400',
    '-ac',
    '1',
    '-ar',
    '16000',
  );
  const peaks: number[] = [];
  for (const minutes of [10, 60]) {
    const path = await bench.make(
      `${minutes}-minutes.flac`,
      '-stream_loop',
      '-1',
      '-i',
      clip,
      '-t',
      String(minutes * 60),
    );
    const startedAt = performance.now();
    const prepared = await bench.prepare(path);
    const seconds = (performance.now() - startedAt) / 1000;
    expect(prepared.audioSeconds).toBeCloseTo(minutes * 60, 1);
    expect((await stat(bench.path(`out/${minutes}-minutes.flac.pcm`))).size).toBe(minutes * 60 * 32_000);
    const { prepare, ffmpeg } = prepared.memoryBytesPeak;
    peaks.push(prepare + ffmpeg);
    process.stdout.write(
      `${minutes} min prepared in ${seconds.toFixed(1)} s: prepare process ${Math.round(prepare / MEBIBYTE)} MiB, ` +
        `ffmpeg ${Math.round(ffmpeg / MEBIBYTE)} MiB (bound: ${MEMORY_BYTES_MAX / MEBIBYTE} MiB together)\n`,
    );
  }
  const [short = Number.NaN, long = Number.NaN] = peaks;
  expect(long).toBeLessThan(MEMORY_BYTES_MAX);
  expect(long - short).toBeLessThan(GROWTH_BYTES_MAX);
});
