import { expect, test } from 'vitest';
import type { JobRow } from './job-list';
import { countSelected, isSelected, NOTHING_SELECTED, toApiSelection, withAllRows, withRow } from './job-selection';

const rows = ['a', 'b', 'c'].map((id) => ({ id }) as JobRow);

test('ticking all ticks the loaded rows, and ticking again leaves none', () => {
  const all = withAllRows(NOTHING_SELECTED, rows);
  expect(countSelected(all)).toBe(3);
  expect(countSelected(withAllRows(all, rows))).toBe(0);
});

test('a row that is unticked is spared, also when everything was selected', () => {
  const spared = withRow({ kind: 'matching', count: 900 }, 'b', rows);
  expect(toApiSelection(spared, {})).toEqual({ ids: ['a', 'c'] });
  expect(isSelected(spared, 'b')).toBe(false);
});

test('everything that matches goes to the server as its filter, not as the rows that happen to be loaded', () => {
  expect(toApiSelection({ kind: 'matching', count: 900 }, { states: ['FAILED'] })).toEqual({
    filter: { states: ['FAILED'] },
  });
});
