import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkTranscript, joinText, mergeWindows, type TranscribedWindow } from './index.js';

/** Any number a backend may come up with. */
const time = fc.oneof(fc.double({ min: -5, max: 200, noNaN: true }), fc.constantFrom(NaN, Infinity, -Infinity, 0));
const wordText = fc.stringMatching(/^[a-z]{1,8}[.,]?$/);
const word = fc.record({ text: wordText, startSeconds: time, endSeconds: time, confidence: fc.double() });
const segment = fc
  .record({ words: fc.array(word, { minLength: 1, maxLength: 6 }), startSeconds: time, endSeconds: time })
  .map((drawn) => ({ ...drawn, confidence: 0.5, text: drawn.words.map(({ text }) => text).join('  ') }));
const windows = fc
  .array(fc.tuple(fc.double({ min: 0.1, max: 30, noNaN: true }), fc.array(segment, { maxLength: 4 })), { maxLength: 5 })
  .map((drawn): TranscribedWindow[] => {
    let endSeconds = 0;
    return drawn.map(([lengthSeconds, segments], index) => {
      const startSeconds = endSeconds;
      endSeconds += lengthSeconds;
      return { index, startSeconds, endSeconds, segments };
    });
  });

const durationOf = (list: readonly TranscribedWindow[]) => list.at(-1)?.endSeconds ?? 1;

test('whatever times a backend invents, the merged transcript has none that are impossible', () => {
  fc.assert(
    fc.property(windows, (list) => {
      const durationSeconds = durationOf(list);
      const { segments } = mergeWindows(list, { durationSeconds });
      const { problems } = checkTranscript(segments, { durationSeconds, speech: [] });
      expect(problems.filter(({ code }) => code !== 'repetition-loop')).toEqual([]);
    }),
  );
});

test('merging keeps every word, each as often as it was said', () => {
  fc.assert(
    fc.property(windows, (list) => {
      const { segments } = mergeWindows(list, { durationSeconds: durationOf(list) });
      const wordsIn = (texts: readonly string[]) =>
        texts
          .flatMap((text) => text.split(/\s+/))
          .filter(Boolean)
          .sort();
      const given = list.flatMap((window) => window.segments);
      expect(wordsIn(segments.map(({ text }) => text))).toEqual(wordsIn(given.map(({ text }) => text)));
      expect(segments.flatMap(({ words }) => words.map(({ text }) => text)).sort()).toEqual(
        given.flatMap(({ words }) => words.map(({ text }) => text)).sort(),
      );
    }),
  );
});

test('the order in which windows arrive makes no difference', () => {
  fc.assert(
    fc.property(
      windows.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([list, shuffled]) => {
        const durationSeconds = durationOf(list);
        expect(mergeWindows(shuffled, { durationSeconds })).toEqual(mergeWindows(list, { durationSeconds }));
      },
    ),
  );
});

test('possible times stay as they are, to the millisecond, and count as no repair', () => {
  const list = [
    {
      index: 0,
      startSeconds: 1.5,
      endSeconds: 12,
      segments: [
        { text: ' Hello  there.', startSeconds: 2.0004, endSeconds: 4, confidence: 0.9, words: [] },
        { text: 'Again.', startSeconds: 4, endSeconds: 11.2, confidence: 0.8, words: [] },
      ],
    },
  ];
  expect(mergeWindows(list, { durationSeconds: 12 })).toEqual({
    segments: [
      { text: 'Hello there.', startSeconds: 2, endSeconds: 4, confidence: 0.9, words: [] },
      { text: 'Again.', startSeconds: 4, endSeconds: 11.2, confidence: 0.8, words: [] },
    ],
    repairedCount: 0,
  });
});

test('a segment that ends after its window is cut at the window and counted as repaired', () => {
  const list = [
    {
      index: 0,
      startSeconds: 0,
      endSeconds: 5,
      segments: [{ text: 'Late.', startSeconds: 4, endSeconds: 30, confidence: 1, words: [] }],
    },
  ];
  const { segments, repairedCount } = mergeWindows(list, { durationSeconds: 60 });
  expect(segments[0]).toMatchObject({ startSeconds: 4, endSeconds: 5 });
  expect(repairedCount).toBe(1);
});

test('running text has spaces between segments, but not in scripts that have none', () => {
  expect(joinText([{ text: ' Hello.' }, { text: 'Again. ' }])).toBe('Hello. Again.');
  expect(joinText([{ text: '今日は。' }, { text: '晴れです。' }])).toBe('今日は。晴れです。');
  expect(joinText([{ text: '안녕하세요' }, { text: '여러분' }])).toBe('안녕하세요 여러분');
  expect(joinText([{ text: '' }, { text: 'Alone' }])).toBe('Alone');
});
