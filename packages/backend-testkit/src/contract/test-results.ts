import { SAMPLE_RATE_HZ, type AudioWindow } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { createRandom, expectWellFormed, hear, run, textOf } from './run-request.js';
import type { ContractSubject } from './subject.js';

const NOISE_AMPLITUDE = 0.05;

/**
 * What a window gives: speech, silence, noise, next to nothing, and as much as there can be.
 *
 * Most tests tell the language: several engines hear a window twice to find it, which is needed once and not in every test.
 */
export function testResults(subject: ContractSubject): void {
  const { language } = subject.options;
  const silent = (seconds: number): AudioWindow => ({
    index: 0,
    startSeconds: 3,
    samples: new Float32Array(seconds * SAMPLE_RATE_HZ),
  });

  test('each window gets exactly one final result, in the order of the request, with ordered times inside it', async () => {
    const windows = [subject.window(4, { seconds: 4 }), subject.window(2, { seconds: 7, fromSeconds: 2.5 })];
    const results = await hear(subject.model, windows, { language });
    for (const [position, result] of results.entries()) expectWellFormed(windows[position], result);
    expect(textOf(results[0]), 'real speech has text').not.toBe('');
  });

  test('word times are given when they are asked for and can be had', async () => {
    const [result] = await hear(subject.model, [subject.window(0, { seconds: 4 })], { language });
    const counts = result?.segments.map(({ words }) => words.length) ?? [];
    if (subject.model.capabilities.wordTimes) expect(Math.min(...counts)).toBeGreaterThan(0);
    else expect(Math.max(...counts)).toBe(0);
  });

  test('words are empty when their times are not asked for', async () => {
    const [result] = await hear(subject.model, [subject.window(0, { seconds: 4 })], { language, wordTimes: false });
    expect(textOf(result)).not.toBe('');
    expect(result?.segments.flatMap(({ words }) => words)).toEqual([]);
  });

  test('a full window gives text to its end', async () => {
    const window = subject.fullWindow(1);
    const [result] = await hear(subject.model, [window], { language });
    expectWellFormed(window, result);
    expect((result?.segments.at(-1)?.endSeconds ?? 0) - window.startSeconds).toBeGreaterThan(15);
  });

  test.each([5, 30])('%i s of silence are a success without text', async (seconds) => {
    const [result] = await hear(subject.model, [silent(seconds)]);
    expect(result?.segments).toEqual([]);
  });

  test('noise is a success', async () => {
    const random = createRandom(7);
    const samples = Float32Array.from({ length: 10 * SAMPLE_RATE_HZ }, () => NOISE_AMPLITUDE * (2 * random() - 1));
    const window = { index: 0, startSeconds: 3, samples };
    expectWellFormed(window, (await hear(subject.model, [window], { language }))[0]);
  });

  test.each([0, 1, 160, 1600])('a window of %i samples is a success', async (count) => {
    const whole = subject.window(0, { seconds: 2, fromSeconds: 1 });
    const window = { ...whole, samples: whole.samples.subarray(0, count) };
    expectWellFormed(window, (await hear(subject.model, [window], { language }))[0]);
  });

  test('a request without windows ends at once', async () => {
    expect(await run(subject.model, [])).toEqual([]);
  });

  test('the same window gives the same result again', async () => {
    const windows = [subject.window(0, { seconds: 4 })];
    const [first] = await hear(subject.model, windows, { language });
    const [second] = await hear(subject.model, windows, { language });
    expect(second?.segments).toEqual(first?.segments);
  });

  test('progress of a window rises from 0 to 1 and never falls', async () => {
    const last = new Map<number, number>();
    const windows = [subject.window(0, { seconds: 4 }), subject.window(1, { seconds: 7 })];
    for (const part of await run(subject.model, windows, { language })) {
      if (part.type !== 'progress') continue;
      expect(windows.map(({ index }) => index)).toContain(part.windowIndex);
      expect(part.fraction).toBeGreaterThanOrEqual(last.get(part.windowIndex) ?? 0);
      expect(part.fraction).toBeLessThanOrEqual(1);
      last.set(part.windowIndex, part.fraction);
    }
  });
}
