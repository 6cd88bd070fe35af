import { SAMPLE_RATE_HZ } from '../index.js';
import { expect, test } from 'vitest';
import { findSpeech, type Span } from './speech-activity.js';
import { placeInRecording, timeWords } from './time-words.js';

const wordsOf = (text: string) => text.split(' ').map((word) => ({ text: word, confidence: 1 }));

/** A hum where it sounds, faint noise elsewhere. */
function sound(seconds: number, spans: readonly Span[]): Float32Array {
  return Float32Array.from({ length: seconds * SAMPLE_RATE_HZ }, (_, at) => {
    const time = at / SAMPLE_RATE_HZ;
    const sounds = spans.some(({ startSeconds, endSeconds }) => time >= startSeconds && time < endSeconds);
    return (sounds ? 0.3 : 0.0005) * Math.sin(at * 0.3);
  });
}

test('sound is told from pauses, and a click at the edge from speech', () => {
  const spans = [
    { startSeconds: 0.5, endSeconds: 2 },
    { startSeconds: 3, endSeconds: 4.5 },
    { startSeconds: 5.5, endSeconds: 5.6 },
  ];
  const found = findSpeech(sound(6, spans));
  expect(found).toHaveLength(2);
  for (const [at, { startSeconds, endSeconds }] of found.entries()) {
    expect(startSeconds).toBeCloseTo(spans[at]?.startSeconds ?? 0, 1);
    expect(endSeconds).toBeCloseTo(spans[at]?.endSeconds ?? 0, 1);
  }
});

test('a sentence ends where the speech pauses, though its words are shorter than the pace says', () => {
  const speech = [
    { startSeconds: 0, endSeconds: 2 },
    { startSeconds: 4, endSeconds: 6 },
  ];
  const words = timeWords(wordsOf('Yes we can. Nobody thought otherwise'), speech);
  expect(words[2]?.endSeconds).toBeCloseTo(2, 5);
  expect(words[3]?.startSeconds).toBeCloseTo(4, 5);
  expect(words.at(-1)?.endSeconds).toBeCloseTo(6, 5);
});

test('times rise inside the window, however little room there is', () => {
  const window = { startSeconds: 100, endSeconds: 100.1 };
  const words = placeInRecording(
    timeWords(wordsOf('one two three four five six seven eight nine ten'), [{ startSeconds: 0.05, endSeconds: 0.1 }]),
    window,
  );
  expect(words).toHaveLength(10);
  let previousEndSeconds = window.startSeconds;
  for (const { startSeconds, endSeconds } of words) {
    expect(startSeconds).toBeGreaterThanOrEqual(previousEndSeconds - 1e-9);
    expect(endSeconds).toBeGreaterThan(startSeconds);
    previousEndSeconds = endSeconds;
  }
  expect(previousEndSeconds).toBeLessThanOrEqual(window.endSeconds + 1e-9);
});

test('more pauses than words, and no speech at all, are no failure', () => {
  const speech = [0, 1, 2, 3].map((startSeconds) => ({ startSeconds, endSeconds: startSeconds + 0.4 }));
  expect(timeWords(wordsOf('one two'), speech)).toHaveLength(2);
  expect(timeWords([], speech)).toEqual([]);
});
