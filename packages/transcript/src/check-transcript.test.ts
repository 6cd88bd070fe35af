import { expect, test } from 'vitest';
import { checkTranscript, findRepetitionLoops } from './index.js';

function segment(text: string, startSeconds: number, endSeconds: number) {
  return { text, startSeconds, endSeconds, confidence: 1, words: [] };
}

const codesOf = (segments: ReturnType<typeof segment>[], speech = [{ startSeconds: 0, endSeconds: 10 }]) =>
  checkTranscript(segments, { durationSeconds: 10, speech }).problems.map(({ code }) => code);

test('a sound transcript has no problem and covers the speech', () => {
  const report = checkTranscript([segment('One.', 0, 4), segment('Two.', 4.5, 10)], {
    durationSeconds: 10,
    speech: [{ startSeconds: 0, endSeconds: 10 }],
  });
  expect(report.problems).toEqual([]);
  expect(report.coverage).toBeCloseTo(0.95);
});

test('impossible times are found, each by its own code', () => {
  expect(codesOf([segment('One.', 0, 11)])).toEqual(['segment-out-of-bounds']);
  expect(codesOf([segment('One.', 0, 9), segment('Two.', 8, 10)])).toEqual(['segment-out-of-order']);
  expect(codesOf([segment('One.', 0, 9), segment('Two.', 9.5, 9.5)])).toEqual(['segment-without-length']);
  expect(codesOf([segment('One.', NaN, 9), segment('Two.', 9, 10)])).toContain('segment-without-length');
  expect(codesOf([segment(' ', 0, 10)])).toEqual(['segment-without-text']);
  const words = [{ text: 'One.', startSeconds: 3, endSeconds: 12, confidence: 1 }];
  expect(codesOf([{ ...segment('One.', 0, 10), words } as never])).toEqual(['word-out-of-bounds']);
});

test('speech without text is found when it is longer than a pause', () => {
  const { problems, speechSecondsUncovered, coverage } = checkTranscript([segment('One.', 0, 2)], {
    durationSeconds: 20,
    speech: [
      { startSeconds: 0, endSeconds: 4 },
      { startSeconds: 10, endSeconds: 16 },
    ],
  });
  expect(problems).toEqual([
    { code: 'speech-uncovered', startSeconds: 10, endSeconds: 16, message: '6.0 s of speech have no text' },
  ]);
  expect(speechSecondsUncovered).toBe(8);
  expect(coverage).toBeCloseTo(0.2);
});

test('a recording without speech is covered by an empty transcript', () => {
  expect(checkTranscript([], { durationSeconds: 60, speech: [] })).toEqual({
    problems: [],
    coverage: 1,
    speechSecondsUncovered: 0,
  });
});

test('a phrase repeated inside one segment is a loop', () => {
  const loops = findRepetitionLoops([segment('So. ' + 'I am going to go. '.repeat(5), 0, 20)]);
  expect(loops).toEqual([
    {
      firstSegment: 0,
      lastSegment: 0,
      startSeconds: 0,
      endSeconds: 20,
      evidence: 'repeated-phrase',
      phrase: 'i am going to go',
      repetitions: 5,
    },
  ]);
});

test('the same segment again and again is one loop over all of them, whatever its punctuation', () => {
  const segments = [
    segment('Welcome back.', 0, 2),
    ...Array.from({ length: 7 }, (_, index) => segment(index % 2 ? 'Thank you!' : 'thank you.', 2 + index, 3 + index)),
    segment('Goodbye then.', 9, 10),
  ];
  expect(findRepetitionLoops(segments)).toMatchObject([
    { firstSegment: 1, lastSegment: 7, startSeconds: 2, endSeconds: 9, phrase: 'thank you', repetitions: 7 },
  ]);
});

test('a loop in a script without spaces is found', () => {
  expect(findRepetitionLoops([segment('ご視聴ありがとうございました。'.repeat(4), 0, 9)])).toMatchObject([
    { phrase: 'ご視聴ありがとうございました', repetitions: 4 },
  ]);
});

test('a loop that varies a little is found by how well it compresses', () => {
  const text = Array.from({ length: 12 }, (_, index) => `and then we go to the ${'abcdefghijkl'[index]} house`).join(
    ' ',
  );
  expect(findRepetitionLoops([segment('Fine.', 0, 1), segment(text, 1, 9)])).toMatchObject([
    { firstSegment: 1, lastSegment: 1, evidence: 'compressible-text' },
  ]);
});

test('speech that repeats itself as people do is no loop', () => {
  const spoken = [
    'No, no, no, no, no. I said no.',
    'Row, row, row your boat, gently down the stream. Merrily, merrily, merrily, merrily, life is but a dream.',
    'One, two, three, four, five, six, seven, eight, nine, ten.',
    'Ask not what your country can do for you, ask what you can do for your country.',
  ];
  expect(findRepetitionLoops(spoken.map((text, index) => segment(text, index, index + 1)))).toEqual([]);
});
