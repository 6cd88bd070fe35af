import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSpeechSpanDetector, FRAME_SECONDS, SPEECH_SPAN_DEFAULTS, type DetectedSpeech } from './speech-spans.js';

/** Runs of [probability, seconds]. */
function detect(...runs: readonly (readonly [number, number])[]): DetectedSpeech {
  const detector = createSpeechSpanDetector();
  let frames = 0;
  for (const [probability, seconds] of runs) {
    for (let count = Math.round(seconds / FRAME_SECONDS); count > 0; count -= 1, frames += 1)
      detector.push(probability);
  }
  return detector.finish(frames * FRAME_SECONDS);
}

test('silence holds no speech', () => {
  expect(detect([0.01, 60])).toEqual({ speech: [], spoken: [], pauses: [] });
  expect(createSpeechSpanDetector().finish(0)).toEqual({ speech: [], spoken: [], pauses: [] });
});

test('speech is padded on both sides, more so at the edges of the recording, and never beyond them', () => {
  const { speech } = detect([0, 3.2], [0.9, 3.2], [0, 3.2], [0.9, 3.2], [0, 3.2]);
  expect(speech).toHaveLength(2);
  expect(speech[0]?.startSeconds).toBeCloseTo(1.2);
  expect(speech[0]?.endSeconds).toBeCloseTo(6.8);
  expect(speech[1]?.startSeconds).toBeCloseTo(9.2);
  expect(speech[1]?.endSeconds).toBeCloseTo(14.8);
  expect(detect([0.9, 3.2]).speech[0]).toEqual({ startSeconds: 0, endSeconds: 3.2 });
});

test('silence shorter than a second stays inside the speech and is told as a pause', () => {
  const { speech, pauses } = detect([0.9, 3.2], [0, 0.64], [0.9, 3.2]);
  expect(speech).toHaveLength(1);
  expect(pauses).toHaveLength(1);
  expect(pauses[0]?.startSeconds).toBeCloseTo(3.2);
  expect(pauses[0]?.endSeconds).toBeCloseTo(3.84);
});

test('silence of a second and more parts two spans, whose padding does not overlap', () => {
  const { speech, pauses } = detect([0.9, 3.2], [0, 1.024], [0.9, 3.2]);
  expect(speech).toHaveLength(2);
  expect(pauses).toEqual([]);
  expect(speech[0]?.endSeconds).toBeLessThanOrEqual(speech[1]?.startSeconds ?? 0);
});

test('between the two thresholds, what was goes on', () => {
  expect(detect([0.9, 1], [0.4, 5], [0.9, 1]).speech).toHaveLength(1);
  expect(detect([0.4, 5]).speech).toEqual([]);
});

test('a click and noise that grazes the threshold are no speech', () => {
  expect(detect([0, 2], [0.95, 0.1], [0, 2]).speech).toEqual([]);
  expect(detect([0, 2], [0.55, 2], [0, 2]).speech).toEqual([]);
});

test('clicks half a second apart do not add up to a span of speech by their distance', () => {
  const clicks = Array.from({ length: 3 }, () => [[0.7, 0.032] as const, [0.1, 0.6] as const]).flat();
  expect(detect(...clicks, [0, 2]).speech).toEqual([]);
});

test('spans are ordered, apart, inside the recording, and hold every frame of lasting speech', () => {
  const runs = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.032, max: 5, noNaN: true })),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(runs, (input) => {
      const { speech, pauses } = detect(...input);
      const total = input.reduce((sum, [, seconds]) => sum + Math.round(seconds / FRAME_SECONDS) * FRAME_SECONDS, 0);
      let end = 0;
      for (const span of speech) {
        expect(span.startSeconds).toBeGreaterThanOrEqual(end - 1e-9);
        expect(span.endSeconds).toBeGreaterThan(span.startSeconds);
        end = span.endSeconds;
      }
      expect(end).toBeLessThanOrEqual(total + 1e-9);
      for (const pause of pauses) {
        expect(
          speech.some((span) => span.startSeconds <= pause.startSeconds && pause.endSeconds <= span.endSeconds),
        ).toBe(true);
      }
      let time = 0;
      for (const [probability, seconds] of input) {
        const length = Math.round(seconds / FRAME_SECONDS) * FRAME_SECONDS;
        if (probability >= SPEECH_SPAN_DEFAULTS.peakMin && length >= SPEECH_SPAN_DEFAULTS.speechSecondsMin) {
          const held = speech.some(
            (span) => span.startSeconds <= time + 1e-6 && span.endSeconds >= time + length - 1e-6,
          );
          expect(held).toBe(true);
        }
        time += length;
      }
    }),
  );
});
