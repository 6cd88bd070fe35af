import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planTranscription, type PlanInput } from './plan-transcription.js';
import type { Span } from './span.js';

const none = { pauses: [], envelope: new Uint8Array(0) };

/** Alternating silence and speech, with pauses and loudness drawn at random. */
const inputs: fc.Arbitrary<PlanInput> = fc
  .record({
    runs: fc.array(
      fc.tuple(fc.double({ min: 0.01, max: 90, noNaN: true }), fc.double({ min: 0.3, max: 120, noNaN: true })),
      { maxLength: 25 },
    ),
    pausePositions: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 200 }),
    seed: fc.integer(),
    chunkSeconds: fc.integer({ min: 5, max: 900 }),
    voiceActivity: fc.boolean(),
    tail: fc.double({ min: 0, max: 40, noNaN: true }),
  })
  .map(({ runs, pausePositions, seed, chunkSeconds, voiceActivity, tail }) => {
    const speech: Span[] = [];
    let time = 0;
    for (const [gap, length] of runs) {
      speech.push({ startSeconds: time + gap, endSeconds: time + gap + length });
      time += gap + length;
    }
    const audioSeconds = time + tail;
    const pauses = pausePositions
      .map((position) => ({ startSeconds: position * time, endSeconds: position * time + 0.05 + position / 2 }))
      .sort((left, right) => left.startSeconds - right.startSeconds);
    const envelope = Uint8Array.from(
      { length: Math.ceil(audioSeconds * 10) },
      (_, index) => (index * (seed | 1) * 31) >>> 5,
    );
    return { audioSeconds, speech: voiceActivity ? speech : undefined, pauses, envelope, chunkSeconds };
  });

test('windows fit the model and the chunk, are ordered, apart, densely numbered, and cover all speech', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const plan = planTranscription(input);
      const windows = plan.chunks.flatMap((chunk) => chunk.windows);
      const lengthMax = Math.min(30, input.chunkSeconds);
      let end = 0;
      windows.forEach((window, index) => {
        expect(window.index).toBe(index);
        expect(window.startSeconds).toBeGreaterThanOrEqual(end);
        expect(window.endSeconds).toBeGreaterThan(window.startSeconds);
        expect(Math.round((window.endSeconds - window.startSeconds) * 1000)).toBeLessThanOrEqual(lengthMax * 1000);
        end = window.endSeconds;
      });
      expect(end).toBeLessThanOrEqual(input.audioSeconds);
      for (const span of input.speech ?? [{ startSeconds: 0, endSeconds: input.audioSeconds }]) {
        expect(uncoveredSeconds(span, windows)).toBeLessThanOrEqual(0.001 + 1e-6);
      }
    }),
    { numRuns: 300 },
  );
});

test('chunks are densely numbered, at most as long as asked, and begin and end with their windows', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const { chunks } = planTranscription(input);
      chunks.forEach((chunk, index) => {
        expect(chunk.index).toBe(index);
        expect(chunk.windows.length).toBeGreaterThan(0);
        expect(chunk.startSeconds).toBe(chunk.windows[0]?.startSeconds);
        expect(chunk.endSeconds).toBe(chunk.windows.at(-1)?.endSeconds);
        expect(Math.round((chunk.endSeconds - chunk.startSeconds) * 1000)).toBeLessThanOrEqual(
          input.chunkSeconds * 1000,
        );
      });
    }),
    { numRuns: 300 },
  );
});

test('the same input gives the same plan', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      expect(planTranscription(structuredClone(input))).toEqual(planTranscription(input));
    }),
  );
});

test('a recording without speech has an empty plan', () => {
  expect(planTranscription({ audioSeconds: 60, speech: [], chunkSeconds: 600, ...none })).toEqual({ chunks: [] });
  expect(planTranscription({ audioSeconds: 0, speech: undefined, chunkSeconds: 600, ...none })).toEqual({ chunks: [] });
});

test('neighbouring spans share a window while they fit, and not across a long silence', () => {
  const spans = [
    { startSeconds: 0, endSeconds: 10 },
    { startSeconds: 11, endSeconds: 20 },
    { startSeconds: 21, endSeconds: 31 },
  ];
  expect(windowsOf({ audioSeconds: 40, speech: spans, chunkSeconds: 600, ...none })).toEqual([
    [0, 20],
    [21, 31],
  ]);
  const apart = [
    { startSeconds: 0, endSeconds: 5 },
    { startSeconds: 20, endSeconds: 25 },
  ];
  expect(windowsOf({ audioSeconds: 40, speech: apart, chunkSeconds: 600, ...none })).toEqual([
    [0, 5],
    [20, 25],
  ]);
});

test('speech longer than a window is cut in its longest late pause', () => {
  const pauses = [
    { startSeconds: 12, endSeconds: 13 },
    { startSeconds: 22, endSeconds: 22.6 },
    { startSeconds: 29, endSeconds: 29.2 },
  ];
  const input = {
    audioSeconds: 40,
    speech: [{ startSeconds: 0, endSeconds: 40 }],
    pauses,
    envelope: none.envelope,
    chunkSeconds: 600,
  };
  expect(windowsOf(input)).toEqual([
    [0, 22.3],
    [22.3, 40],
  ]);
});

test('without a pause the cut lies in the quietest tenth of a second of the last six', () => {
  const envelope = new Uint8Array(500).fill(200);
  envelope[100] = 0;
  envelope[263] = 20;
  envelope[280] = 30;
  expect(windowsOf({ audioSeconds: 50, speech: undefined, pauses: [], envelope, chunkSeconds: 600 })).toEqual([
    [0, 26.35],
    [26.35, 50],
  ]);
});

test('no window of a few milliseconds is left over behind a cut', () => {
  const envelope = new Uint8Array(301).fill(100);
  expect(windowsOf({ audioSeconds: 30.02, speech: undefined, pauses: [], envelope, chunkSeconds: 600 })).toEqual([
    [0, 28.95],
    [28.95, 30.02],
  ]);
});

function windowsOf(input: PlanInput): number[][] {
  return planTranscription(input).chunks.flatMap((chunk) =>
    chunk.windows.map((window) => [window.startSeconds, window.endSeconds]),
  );
}

function uncoveredSeconds(span: Span, windows: readonly Span[]): number {
  const covered = windows.reduce(
    (sum, window) =>
      sum +
      Math.max(0, Math.min(window.endSeconds, span.endSeconds) - Math.max(window.startSeconds, span.startSeconds)),
    0,
  );
  return span.endSeconds - span.startSeconds - covered;
}
