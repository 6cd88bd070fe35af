import { expect, test } from 'vitest';
import { withChangedJob, withChangedJobs, withOlderPage, withoutJob, type JobList, type JobRow } from './job-list';

function row(id: string, minute: number, changes: Partial<JobRow> = {}): JobRow {
  return {
    id,
    state: 'QUEUED',
    createdAt: `2026-01-01T10:${String(minute).padStart(2, '0')}:00.000Z`,
    startedAt: null,
    finishedAt: null,
    audioSeconds: null,
    requestedLanguage: null,
    language: null,
    requestedModel: null,
    model: null,
    backend: null,
    priority: 'NORMAL',
    lastSeq: 1,
    error: null,
    warnings: [],
    progress: {
      fraction: 0,
      committedSeconds: 0,
      plannedSeconds: 0,
      etaSeconds: null,
      audioSecondsPerSecond: null,
      chunksDone: 0,
      chunksTotal: 0,
    },
    media: { id: `media-${id}`, filename: `${id}.flac`, durationSeconds: 11, sizeBytes: 1000, recordingKept: true },
    ...changes,
  };
}

const list: JobList = { rows: [row('c', 30), row('a', 10)], hasMore: true };
const all = () => true;
const waiting = ({ state }: JobRow) => state === 'QUEUED';
const running = ({ state }: JobRow) => state === 'TRANSCRIBING';
const ids = ({ rows }: JobList): string[] => rows.map(({ id }) => id);

test('a job that changed stays on its row, also when it has left the filter', () => {
  const changed = withChangedJob(list, row('a', 10, { state: 'COMPLETED', lastSeq: 2 }), waiting);
  expect(ids(changed)).toEqual(['c', 'a']);
  expect(changed.rows[1]?.state).toBe('COMPLETED');
});

test('an older state of a job never overwrites a newer one', () => {
  const newer: JobList = { rows: [row('a', 10, { state: 'COMPLETED', lastSeq: 9 })], hasMore: false };
  expect(withChangedJob(newer, row('a', 10, { lastSeq: 3 }), all).rows[0]?.state).toBe('COMPLETED');
});

test('a new job enters at its place by creation time', () => {
  expect(ids(withChangedJob(list, row('d', 40), all))).toEqual(['d', 'c', 'a']);
  expect(ids(withChangedJob(list, row('b', 20), all))).toEqual(['c', 'b', 'a']);
});

test('a job that belongs to a page not loaded yet is left to that page', () => {
  expect(ids(withChangedJob(list, row('old', 5), all))).toEqual(['c', 'a']);
  expect(ids(withChangedJob({ ...list, hasMore: false }, row('old', 5), all))).toEqual(['c', 'a', 'old']);
});

test('a new job that does not fit the filter is not shown', () => {
  expect(ids(withChangedJob(list, row('d', 40, { state: 'FAILED' }), running))).toEqual(['c', 'a']);
});

test('an older page repeats no row, and a deleted job leaves', () => {
  expect(ids(withOlderPage(list, [row('a', 10), row('z', 1)], false))).toEqual(['c', 'a', 'z']);
  expect(ids(withoutJob(list, 'c'))).toEqual(['a']);
});

test('many jobs that changed at once end as they would one after the other, each in its newest state', () => {
  const changes = [row('a', 10, { lastSeq: 2 }), row('b', 20), row('a', 10, { state: 'COMPLETED', lastSeq: 3 })];
  const together = withChangedJobs(list, changes, all);
  expect(ids(together)).toEqual(['c', 'b', 'a']);
  expect(together.rows[2]?.state).toBe('COMPLETED');
  expect(withChangedJobs(list, changes, running)).toMatchObject({ rows: [{ id: 'c' }, { id: 'a' }], hasMore: true });
});
