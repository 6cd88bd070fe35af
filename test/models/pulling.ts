import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createModelStore, pullModel, type PullOptions, type PullProgress } from '@voice-transcriber/inference';
import { afterEach, beforeEach, expect } from 'vitest';
import { inventModel, startMirror, type Answer, type Mirror } from './mirror.js';

export const MEBIBYTE = 2 ** 20;
export const { content, model } = inventModel(3 * MEBIBYTE + 17);
export const FINAL = 'ggml-tiny-invented.bin';

export let directory: string;
export let mirror: Mirror | undefined;

/** A directory and a mirror for each test, and none behind it. */
export function useDirectory(): void {
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vt-pull-'));
});
afterEach(async () => {
  await mirror?.close();
  mirror = undefined;
  await rm(directory, { recursive: true, force: true });
});
}

export async function pullFrom(answers: readonly Answer[], options: Partial<PullOptions> = {}): Promise<PullProgress[]> {
  await mirror?.close();
  mirror = await startMirror(answers);
  const progress: PullProgress[] = [];
  await pullModel({
    model,
    directory,
    mirror: mirror.url,
    offline: false,
    owner: 'one',
    signal: new AbortController().signal,
    onProgress: (step) => progress.push(step),
    ...options,
    patience: { answerSecondsMax: 5, stallSecondsMax: 1, failuresMax: 3, pauseSecondsFirst: 0.01, ...options.patience },
  });
  return progress;
}

export async function expectInstalled(): Promise<void> {
  expect(content.equals(await readFile(path.join(directory, FINAL)))).toBe(true);
  expect((await readdir(directory)).sort()).toEqual([FINAL, 'tiny-invented.manifest.json']);
}

/** Nothing under a model's name, and nothing that the store would list. */
export async function expectNothingInstalled(): Promise<void> {
  expect((await readdir(directory)).filter((name) => !name.startsWith('.pull-'))).toEqual([]);
  expect(await createModelStore({ directories: [directory] }).list()).toEqual([]);
}

