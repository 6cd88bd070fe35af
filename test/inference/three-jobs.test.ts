import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { InferenceHost } from '@voice-transcriber/inference';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRealHost, MODEL, readClipSamples, fixturePath } from './transcribe-clip.js';

const SAMPLE_RATE_HZ = 16_000;

let host: InferenceHost;
let directory: string;
let samples: Float32Array;

beforeAll(async () => {
  host = createRealHost('onnxruntime');
  directory = await mkdtemp(path.join(os.tmpdir(), 'three-jobs-'));
  samples = await readClipSamples(fixturePath('jfk.flac'), directory);
});

afterAll(async () => {
  await host.dispose();
  await rm(directory, { recursive: true, force: true });
});

/** The clip, cut at different places for each job, so that no two jobs hold the same windows. */
async function transcribe(firstSeconds: number): Promise<unknown[]> {
  const at = Math.round(firstSeconds * SAMPLE_RATE_HZ);
  const pieces = [samples, samples.subarray(0, at), samples.subarray(at), samples.subarray(at / 2)];
  const windows = pieces.map((piece, index) => ({ index, startSeconds: index * 30, samples: piece }));
  const options = { task: 'transcribe', wordTimes: true, language: 'en' } as const;
  const choice = await host.choose({ model: MODEL, ...options });
  const results: { index: number; segments: unknown }[] = [];
  const signal = new AbortController().signal;
  for await (const part of host.transcribe({ choice, request: { windows, options }, priority: 0, signal })) {
    if (part.type === 'window-final') results.push({ index: part.result.index, segments: part.result.segments });
  }
  return results.sort((one, other) => one.index - other.index);
}

test('three jobs at once on one real model give the text and times that each gives alone', async () => {
  const cuts = [3.2, 5.5, 8];
  const alone = [];
  for (const cut of cuts) alone.push(await transcribe(cut));
  const together = await Promise.all(cuts.map(transcribe));
  expect(host.loadedModels()).toHaveLength(1);
  expect(together).toEqual(alone);
  expect(JSON.stringify(alone[0])).toContain('country can do for you');
});
