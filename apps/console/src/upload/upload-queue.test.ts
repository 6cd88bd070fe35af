import { expect, test } from 'vitest';
import { createUploadKey, nextUploads, reduceUploads, type UploadItem, type UploadState } from './upload-queue';

function item(key: string, state: UploadState): UploadItem {
  return { key, file: new File(['x'], `${key}.flac`), fields: {}, state, sentBytes: 0 };
}

test('two files are sent at once, in the order in which they were added', () => {
  const waiting = ['a', 'b', 'c'].map((key) => item(key, 'waiting'));
  expect(nextUploads(waiting).map(({ key }) => key)).toEqual(['a', 'b']);
  expect(nextUploads([item('a', 'sending'), ...waiting.slice(1)]).map(({ key }) => key)).toEqual(['b']);
  expect(nextUploads([item('a', 'sending'), item('b', 'sending'), item('c', 'waiting')])).toEqual([]);
});

test('clearing the list keeps what is under way and what still needs a decision', () => {
  const items = [item('a', 'accepted'), item('b', 'sending'), item('c', 'refused'), item('d', 'cancelled')];
  expect(reduceUploads(items, { type: 'dismiss-settled' }).map(({ key }) => key)).toEqual(['b', 'c']);
});

test('a change touches one file only', () => {
  const items = [item('a', 'waiting'), item('b', 'waiting')];
  const changed = reduceUploads(items, { type: 'change', key: 'b', changes: { state: 'sending' } });
  expect(changed.map(({ state }) => state)).toEqual(['waiting', 'sending']);
});

test('no two uploads share a key', () => {
  expect(new Set(Array.from({ length: 100 }, createUploadKey)).size).toBe(100);
});
