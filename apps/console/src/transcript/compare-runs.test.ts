import { expect, test } from 'vitest';
import type { Segment } from '../job/job-state';
import { compareRuns } from './compare-runs';

function run(lines: readonly string[], prefix = 's'): Segment[] {
  return lines.map((text, row) => ({
    id: `${prefix}${row}`,
    index: row,
    windowIndex: 0,
    startSeconds: row * 10,
    endSeconds: row * 10 + 8,
    text,
    confidence: 0.9,
    channel: null,
    language: null,
    revision: 1,
    editedAt: null,
    words: [],
  }));
}

const unhurried = new AbortController().signal;

test('words of one run alone are told from those of the other, and case and punctuation are no difference', async () => {
  const compared = await compareRuns(
    run(['Ask not, what your country']),
    run(['ask not what our country can']),
    unhurried,
  );
  expect(compared?.parts.get('s0')).toEqual([
    { text: 'Ask', side: 'both' },
    { text: 'not,', side: 'both' },
    { text: 'what', side: 'both' },
    { text: 'your', side: 'ours' },
    { text: 'our', side: 'theirs' },
    { text: 'country', side: 'both' },
    { text: 'can', side: 'theirs' },
  ]);
  expect(compared?.different).toBe(3);
});

test('a long recording that is cut into blocks shows the one difference that it has, however its lines are divided', async () => {
  const words = Array.from({ length: 3000 }, (_, index) => `word${index % 97}`);
  const lines = (of: readonly string[]): string[] =>
    Array.from({ length: of.length / 10 }, (_, row) => of.slice(row * 10, row * 10 + 10).join(' '));
  const changed = words.with(1234, 'other');
  const compared = await compareRuns(run(lines(words)), run(lines(changed), 't'), unhurried);
  expect(compared?.words).toBe(3000);
  expect(compared?.different).toBe(2);
  expect(compared?.parts.get('s123')?.filter(({ side }) => side !== 'both')).toEqual([
    { text: words[1234], side: 'ours' },
    { text: 'other', side: 'theirs' },
  ]);
});
