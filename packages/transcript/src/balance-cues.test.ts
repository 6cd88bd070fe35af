import type { Segment } from '@voice-transcriber/backend-sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SUBTITLE_RULES, subtitleCues } from './subtitle-cues.js';

interface DrawnWord {
  readonly text: string;
  readonly seconds: number;
}

function segmentOf(drawn: readonly DrawnWord[]): Segment {
  let endSeconds = 10;
  const words = drawn.map(({ text, seconds }) => {
    const startSeconds = endSeconds;
    endSeconds += seconds;
    return { text, startSeconds, endSeconds, confidence: 1 };
  });
  return { text: drawn.map(({ text }) => text).join(' '), startSeconds: 10, endSeconds, confidence: 1, words };
}

/** Nobody speaks faster: 20 letters a second. */
const LETTER_SECONDS_MIN = 0.05;

const spoken = fc.array(
  fc
    .record({
      text: fc.stringMatching(/^[a-zäöü]{1,10}[,.?]?$/),
      seconds: fc.double({ min: 0.15, max: 0.6, noNaN: true }),
    })
    .map(({ text, seconds }) => ({ text, seconds: Math.max(seconds, text.length * LETTER_SECONDS_MIN) })),
  { minLength: 12, maxLength: 90 },
);

test('no cue of fluent speech is shorter than a second or a single short word', () => {
  fc.assert(
    fc.property(spoken, (words) => {
      for (const { startMilliseconds, endMilliseconds, lines } of subtitleCues([segmentOf(words)])) {
        expect(endMilliseconds - startMilliseconds).toBeGreaterThanOrEqual(1000);
        expect(lines.join(' ').split(' ').length).toBeGreaterThan(1);
      }
    }),
    { numRuns: 500 },
  );
});

test('no cue becomes longer than it may be, and no text is lost', () => {
  fc.assert(
    fc.property(spoken, (words) => {
      const cues = subtitleCues([segmentOf(words)]);
      for (const { startMilliseconds, endMilliseconds } of cues) {
        expect(endMilliseconds - startMilliseconds).toBeLessThanOrEqual(SUBTITLE_RULES.cueSecondsMax * 1000 + 1);
      }
      expect(cues.flatMap(({ lines }) => lines).join(' ')).toBe(words.map(({ text }) => text).join(' '));
    }),
  );
});

test('a word that was left over behind a full cue takes others of its clause with it', () => {
  const words = 'ask not what your country can do for you, ask what you can do for your country, you,'
    .split(' ')
    .map((text) => ({ text, seconds: 0.39 }));
  const texts = subtitleCues([segmentOf(words)]).map(({ lines }) => lines.join(' '));
  expect(texts).toEqual(['ask not what your country can do for you,', 'ask what you can do for your country, you,']);
});

test('a word alone in its segment, or between two pauses, stays alone', () => {
  const alone = segmentOf([{ text: 'Yes.', seconds: 0.4 }]);
  expect(subtitleCues([alone])).toHaveLength(1);
  const { words } = segmentOf([
    { text: 'Well,', seconds: 0.3 },
    { text: 'you', seconds: 0.3 },
    { text: 'know.', seconds: 1 },
  ]);
  const late = words.map((word, index) =>
    index === 0 ? word : { ...word, startSeconds: word.startSeconds + 2, endSeconds: word.endSeconds + 2 },
  );
  const paused: Segment = { text: 'Well, you know.', startSeconds: 10, endSeconds: 13.6, confidence: 1, words: late };
  expect(subtitleCues([paused]).map(({ lines }) => lines.join(' '))).toEqual(['Well,', 'you know.']);
});
