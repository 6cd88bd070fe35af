import { expect, test } from 'vitest';
import { fitsCriteria, toFilter, type JobCriteria } from './job-criteria';
import type { JobRow } from './job-list';

const none: JobCriteria = {
  state: 'all',
  search: '',
  model: null,
  backend: null,
  language: null,
  priority: null,
  age: null,
};
const job = {
  state: 'FAILED',
  model: null,
  requestedModel: 'base',
  backend: null,
  language: 'de',
  priority: 'HIGH',
  media: { filename: 'Interview.mp3' },
} as JobRow;

test('what is not chosen is not sent', () => {
  expect(toFilter(none, new Date())).toEqual({});
});

test('the counts of the tabs leave the tab out and keep the rest', () => {
  const criteria: JobCriteria = { ...none, state: 'failed', search: ' call ', priority: 'LOW', age: 'day' };
  const now = new Date('2026-03-02T12:00:00.000Z');
  const rest = { search: 'call', priority: 'LOW', createdAfter: '2026-03-01T12:00:00.000Z' };
  expect(toFilter(criteria, now)).toEqual({ states: ['FAILED'], ...rest });
  expect(toFilter(criteria, now, { states: false })).toEqual(rest);
});

test('a job that changed enters only when it fits all criteria', () => {
  expect(fitsCriteria(job, { ...none, search: 'view', model: 'base', language: 'de', priority: 'HIGH' })).toBe(true);
  expect(fitsCriteria(job, { ...none, state: 'done' })).toBe(false);
  expect(fitsCriteria(job, { ...none, model: 'tiny' })).toBe(false);
  expect(fitsCriteria(job, { ...none, search: 'meeting' })).toBe(false);
});
