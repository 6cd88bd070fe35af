import {
  BackendError,
  SAMPLE_RATE_HZ,
  type AudioWindow,
  type LoadedModel,
  type Segment,
  type TranscribeOptions,
  type TranscriptPart,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';
import { expect } from 'vitest';

const TIME_TOLERANCE_SECONDS = 0.001;

export interface RunOptions extends Partial<TranscribeOptions> {
  readonly signal?: AbortSignal;
  readonly onPart?: (part: TranscriptPart) => void;
}

/** All parts of one request. */
export async function run(
  model: LoadedModel,
  windows: readonly AudioWindow[],
  { signal, onPart, ...options }: RunOptions = {},
): Promise<TranscriptPart[]> {
  const parts: TranscriptPart[] = [];
  const request = { windows, options: { task: 'transcribe', wordTimes: true, ...options } } as const;
  for await (const part of model.transcribe(request, signal === undefined ? {} : { signal })) {
    parts.push(part);
    onPart?.(part);
  }
  return parts;
}

/** The results of one request, one for each window in order. */
export async function hear(
  model: LoadedModel,
  windows: readonly AudioWindow[],
  options?: RunOptions,
): Promise<WindowResult[]> {
  const results = finalsOf(await run(model, windows, options));
  expect(results.map(({ index }) => index)).toEqual(windows.map(({ index }) => index));
  return results;
}

export function finalsOf(parts: readonly TranscriptPart[]): WindowResult[] {
  return parts.flatMap((part) => (part.type === 'window-final' ? [part.result] : []));
}

export function textOf(result: WindowResult | undefined): string {
  return (result?.segments ?? []).map(({ text }) => text).join(' ');
}

/** What was said, without what the arithmetic decides: decoded beside other windows, the last bit of a sum may differ, and with it a full stop. */
export function wordsOf(result: WindowResult | undefined): string {
  return (
    textOf(result)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(' ') ?? ''
  );
}

/** The BackendError that an action ends with. Anything else that it throws, and an end without error, fails the test. */
export async function rejection(action: () => Promise<unknown>): Promise<BackendError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

/** Fails when the promise is still open after that time. */
export async function within<Result>(milliseconds: number, what: string, promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${milliseconds} ms.`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Text in every segment; segments in order inside the window, words in order inside their segment. */
export function expectWellFormed(window: AudioWindow | undefined, result: WindowResult | undefined): void {
  if (window === undefined || result === undefined) throw new Error('There are not as many results as windows.');
  let previousEndSeconds = window.startSeconds;
  for (const segment of result.segments) {
    expect(segment.text.trim()).toBe(segment.text);
    expect(segment.text).not.toBe('');
    expectSpan(segment, previousEndSeconds, window.startSeconds + window.samples.length / SAMPLE_RATE_HZ);
    previousEndSeconds = segment.endSeconds;
    expectWords(segment);
  }
  expect(result.inferenceSeconds).toBeGreaterThanOrEqual(0);
}

function expectWords(segment: Segment): void {
  let previousEndSeconds = segment.startSeconds;
  for (const word of segment.words) {
    expectSpan(word, previousEndSeconds, segment.endSeconds);
    previousEndSeconds = word.endSeconds;
  }
  if (segment.words.length === 0) return;
  expect(segment.words.map(({ text }) => text).join('')).toBe(segment.text.replaceAll(' ', ''));
}

function expectSpan(
  span: { startSeconds: number; endSeconds: number; confidence: number },
  startSecondsMin: number,
  endSecondsMax: number,
): void {
  expect(span.startSeconds).toBeGreaterThanOrEqual(startSecondsMin - TIME_TOLERANCE_SECONDS);
  expect(span.endSeconds).toBeGreaterThan(span.startSeconds);
  expect(span.endSeconds).toBeLessThanOrEqual(endSecondsMax + TIME_TOLERANCE_SECONDS);
  expect(span.confidence).toBeGreaterThanOrEqual(0);
  expect(span.confidence).toBeLessThanOrEqual(1);
}

/** mulberry32: the same numbers from 0 to 1 on every run. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
