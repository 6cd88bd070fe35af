import { expect, test } from 'vitest';
import { buildSegments } from './build-segments.js';
import { findPauses } from './pauses.js';
import { splitWords } from './split-words.js';
import { timeWords } from './time-words.js';
import { createTokenizer } from '../vocabulary/tokenizer.js';

const vocabulary = [' He', 'llo', ',', ' "', 'wor', 'ld', '."', '東', '京', '。', ' 3', '.', '5'].map((text) =>
  Buffer.from(text),
);
const tokenizer = createTokenizer(vocabulary);

test('words carry their punctuation, and sound only up to it', () => {
  expect(splitWords([0, 1, 2, 3, 4, 5, 6], tokenizer, true)).toEqual([
    { text: ' Hello,', firstToken: 0, spokenTokens: 2, tokenCount: 3 },
    { text: ' "world."', firstToken: 3, spokenTokens: 3, tokenCount: 4 },
  ]);
  expect(splitWords([10, 11, 12], tokenizer, true)).toEqual([
    { text: ' 3.5', firstToken: 0, spokenTokens: 3, tokenCount: 3 },
  ]);
});

test('languages without spaces are split at characters', () => {
  expect(splitWords([7, 8, 9], tokenizer, false).map((word) => word.text)).toEqual(['東', '京。']);
});

test('a border moves to the pause between the words', () => {
  const samples = new Float32Array(32_000);
  for (let index = 0; index < samples.length; index++) {
    const isPause = index < 3200 || (index >= 12_800 && index < 19_200) || index >= 28_800;
    samples[index] = isPause ? 0 : 0.3 * Math.sin(index * 0.3);
  }
  const pauses = findPauses(samples);
  expect(pauses.map((pause) => [pause.startSeconds, pause.endSeconds].map((value) => value.toFixed(2)))).toEqual([
    ['0.00', '0.20'],
    ['0.80', '1.20'],
    ['1.80', '2.00'],
  ]);
  // Attention: the first token until frame 50, the second until frame 85, then the end of text.
  const rows = [
    [0, 50],
    [50, 85],
    [85, 100],
  ].map(([from, to]) =>
    Uint8Array.from({ length: 100 }, (_, frame) => (frame >= (from as number) && frame < (to as number) ? 255 : 1)),
  );
  const words = [
    { text: ' one', firstToken: 0, spokenTokens: 1, tokenCount: 1 },
    { text: ' two', firstToken: 1, spokenTokens: 1, tokenCount: 1 },
  ];
  const attention = { heads: 1, frames: 100, rows };
  const timed = timeWords({ words, probabilities: [0.9, 0.8], attention, firstTextRow: 0, pauses, durationSeconds: 2 });
  expect(timed.map(({ startSeconds, endSeconds }) => [startSeconds.toFixed(2), endSeconds.toFixed(2)])).toEqual([
    ['0.20', '0.80'],
    ['1.20', '1.80'],
  ]);
  expect(timed.map(({ confidence }) => confidence)).toEqual([0.9, 0.8]);
});

test('any number of words in any window has rising times inside it', () => {
  for (const count of [1, 5, 224]) {
    const words = Array.from({ length: count }, (_, index) => ({
      text: ` w${index}`,
      firstToken: index,
      spokenTokens: 1,
      tokenCount: 1,
    }));
    const rows = Array.from({ length: count + 1 }, (_, row) =>
      Uint8Array.from({ length: 3 }, (_, frame) => 128 + 127 * Math.sin(row * frame)),
    );
    const timed = timeWords({
      words,
      probabilities: words.map(() => 0.5),
      attention: { heads: 1, frames: 3, rows },
      firstTextRow: 0,
      pauses: [],
      durationSeconds: 0.05,
    });
    let previous = 0;
    for (const { startSeconds, endSeconds } of timed) {
      expect(startSeconds).toBeGreaterThanOrEqual(previous);
      expect(endSeconds).toBeGreaterThan(startSeconds);
      previous = endSeconds;
    }
    expect(previous).toBeLessThanOrEqual(0.05 + 1e-9);
  }
});

const word = (text: string, startSeconds: number, endSeconds: number) => ({
  text,
  startSeconds,
  endSeconds,
  confidence: 1,
});
const options = { offsetSeconds: 100, wordTimes: true };

test('segments end with sentences and at pauses, not at abbreviations', () => {
  const segments = buildSegments(
    [
      word(' Mr.', 0, 0.2),
      word(' Quilter', 0.2, 0.6),
      word(' came.', 0.6, 1),
      word(' He', 1.1, 1.2),
      word(' left', 3, 3.5),
    ],
    options,
  );
  expect(segments.map(({ text }) => text)).toEqual(['Mr. Quilter came.', 'He', 'left']);
  expect(segments[0]).toMatchObject({ startSeconds: 100, endSeconds: 101 });
  expect(segments[0]?.words.map(({ text }) => text)).toEqual(['Mr.', 'Quilter', 'came.']);
});

test('a long sentence is cut at a comma and no word is lost', () => {
  const words = Array.from({ length: 40 }, (_, index) =>
    word(index === 9 ? ' word,' : ' word', index * 0.4, index * 0.4 + 0.4),
  );
  const segments = buildSegments(words, { ...options, wordTimes: false });
  expect(segments[0]?.text.endsWith('word,')).toBe(true);
  expect(
    segments.every(({ text, startSeconds, endSeconds }) => text.length <= 84 && endSeconds - startSeconds <= 8.001),
  ).toBe(true);
  expect(
    segments
      .map(({ text }) => text)
      .join(' ')
      .split(' '),
  ).toHaveLength(40);
  expect(segments.every((segment) => segment.words.length === 0)).toBe(true);
});
