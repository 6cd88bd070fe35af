import { expect, test } from 'vitest';
import type { Segment } from '../job/job-state';
import { findText } from './find-matches';

const line = (text: string): Segment => ({
  id: text,
  index: 0,
  windowIndex: 0,
  startSeconds: 0,
  endSeconds: 1,
  text,
  confidence: 1,
  channel: null,
  language: null,
  revision: 1,
  editedAt: null,
  words: [],
});

test('every place is found in the order of reading, in any case, and by its characters', () => {
  expect(findText([line(' Ask not, ask'), line('no'), line('task')], 'ASK ')).toEqual([
    { row: 0, start: 0, end: 3 },
    { row: 0, start: 9, end: 12 },
    { row: 2, start: 1, end: 4 },
  ]);
});

test('an empty search finds nothing', () => {
  expect(findText([line('words')], '  ')).toEqual([]);
});
