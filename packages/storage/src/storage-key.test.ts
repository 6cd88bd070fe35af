import { expect, test } from 'vitest';
import { StorageError } from './storage-error.js';
import { parseKey, parsePrefix } from './storage-key.js';

test('a key of plain path parts is accepted', () => {
  expect(parseKey('uploads/2026/11/0b7c-A_1.flac')).toEqual(['uploads', '2026', '11', '0b7c-A_1.flac']);
});

test.each([
  '',
  '/etc/passwd',
  '../secret',
  'a/../b',
  'a/./b',
  'a//b',
  'a/',
  '.parts/x',
  'a/.hidden',
  'a\\b',
  'a b',
  'a\0b',
  'C:/x',
  'ä',
  'a\n',
  'x'.repeat(513),
])('a key that could leave the storage or name its own files is refused: %j', (key) => {
  expect(() => parseKey(key)).toThrowError(expect.objectContaining({ name: 'StorageError', code: 'key-invalid' }));
});

test('a prefix names everything, a folder, or is refused', () => {
  expect(parsePrefix('')).toEqual([]);
  expect(parsePrefix('uploads/2026/')).toEqual(['uploads', '2026']);
  expect(() => parsePrefix('../')).toThrow(StorageError);
  expect(() => parsePrefix('/')).toThrow(StorageError);
});
