import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileStorage } from './file-storage.js';
import type { Storage } from './storage.js';

const run = promisify(execFile);
let directory: string;
let storage: Storage;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vt-storage-'));
  storage = createFileStorage({ directory });
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function* pieces(count: number, sizeBytes: number): Generator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield new Uint8Array(sizeBytes).fill(index % 251);
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Every file below the directory, whatever its name. */
async function filesLeft(): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield new Uint8Array(64 * 1024);
    await new Promise(setImmediate);
  }
}

test('what was put is read back byte for byte, with its size and sha256', async () => {
  const expected = Buffer.concat([...pieces(40, 70_001)]);
  const stored = await storage.put('uploads/2026/11/a', Readable.from(pieces(40, 70_001)));
  expect(stored).toEqual({
    sizeBytes: expected.byteLength,
    sha256: createHash('sha256').update(expected).digest('hex'),
  });
  expect((await collect(storage.get('uploads/2026/11/a'))).equals(expected)).toBe(true);
  expect(await filesLeft()).toEqual(['a']);
});

test('an empty blob is a blob', async () => {
  const stored = await storage.put('empty', Readable.from([]));
  expect(stored.sizeBytes).toBe(0);
  expect(await storage.stat('empty')).toMatchObject({ sizeBytes: 0 });
  expect((await collect(storage.get('empty'))).byteLength).toBe(0);
});

test('a range is read exactly, and ends with the blob', async () => {
  const content = Buffer.concat([...pieces(10, 100_000)]);
  await storage.put('a', Readable.from(pieces(10, 100_000)));
  const range = { startByte: 99_990, lengthBytes: 300_020 };
  const expected = content.subarray(99_990, 400_010);
  expect(Buffer.from(await storage.read('a', range)).equals(expected)).toBe(true);
  expect((await collect(storage.get('a', range))).equals(expected)).toBe(true);
  expect((await storage.read('a', { startByte: 999_999, lengthBytes: 100 })).byteLength).toBe(1);
  expect((await storage.read('a', { startByte: 2_000_000, lengthBytes: 100 })).byteLength).toBe(0);
});

test('a missing blob is said to be missing, and deleting it again is no error', async () => {
  await expect(storage.read('none', { startByte: 0, lengthBytes: 1 })).rejects.toMatchObject({ code: 'blob-missing' });
  await expect(collect(storage.get('none'))).rejects.toMatchObject({ code: 'blob-missing' });
  expect(await storage.stat('none')).toBeUndefined();
  await storage.put('a', Readable.from(pieces(1, 10)));
  await storage.delete('a');
  await storage.delete('a');
  expect(await filesLeft()).toEqual([]);
});

test('a source that fails midway leaves nothing behind', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1_000_000);
    await Promise.resolve();
    throw new Error('connection reset');
  }
  await expect(storage.put('a', broken())).rejects.toMatchObject({
    code: 'upload-aborted',
    cause: { message: 'connection reset' },
  });
  expect(await filesLeft()).toEqual([]);
});

test('an abort ends a put whose source has gone silent, and leaves nothing behind', async () => {
  const abort = new AbortController();
  let asked = 0;
  const silent: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        asked += 1;
        if (asked === 1) return { done: false, value: new Uint8Array(1000) };
        setTimeout(() => abort.abort(), 20);
        return new Promise<never>(() => undefined);
      },
    }),
  };
  await expect(storage.put('a', silent, { signal: abort.signal })).rejects.toMatchObject({ code: 'upload-aborted' });
  expect(await filesLeft()).toEqual([]);
});

test('an abort in the middle of a busy source leaves nothing behind and closes the source', async () => {
  const abort = new AbortController();
  const source = Readable.from(endless());
  setTimeout(() => abort.abort(), 30);
  await expect(storage.put('a', source, { signal: abort.signal })).rejects.toMatchObject({ code: 'upload-aborted' });
  expect(source.destroyed).toBe(true);
  expect(await filesLeft()).toEqual([]);
});

test('a signal that fired before the put is honoured', async () => {
  await expect(storage.put('a', Readable.from(pieces(1, 10)), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'upload-aborted',
  });
  expect(await filesLeft()).toEqual([]);
});

test('a source over the limit is refused as soon as it exceeds it, and leaves nothing behind', async () => {
  await expect(storage.put('a', endless(), { sizeBytesMax: 1_000_000 })).rejects.toMatchObject({
    code: 'blob-too-large',
    details: { sizeBytesMax: 1_000_000 },
  });
  expect(await filesLeft()).toEqual([]);
  const exact = await storage.put('b', Readable.from(pieces(10, 100)), { sizeBytesMax: 1000 });
  expect(exact.sizeBytes).toBe(1000);
});

test('a failed put keeps the blob that was there', async () => {
  await storage.put('a', Readable.from(pieces(1, 10)));
  await expect(storage.put('a', endless(), { sizeBytesMax: 100 })).rejects.toMatchObject({ code: 'blob-too-large' });
  expect(await storage.stat('a')).toMatchObject({ sizeBytes: 10 });
});

test('puts at once do not mix, also under one key', async () => {
  const sizes = Array.from({ length: 12 }, (_, index) => (index + 1) * 10_000);
  const results = await Promise.all(
    sizes.map(async (size, index) => storage.put(index < 6 ? 'same' : `key-${index}`, Readable.from(pieces(3, size)))),
  );
  expect(results.map((result) => result.sizeBytes)).toEqual(sizes.map((size) => size * 3));
  const same = await collect(storage.get('same'));
  const sha256 = createHash('sha256').update(same).digest('hex');
  expect(results.slice(0, 6).map((result) => result.sha256)).toContain(sha256);
  expect((await filesLeft()).length).toBe(7);
});

test('parts of dead puts are removed once they are old, young ones and blobs stay', async () => {
  await storage.put('a', Readable.from(pieces(1, 10)));
  await writeFile(join(directory, '.parts', 'young'), 'x');
  await writeFile(join(directory, '.parts', 'old'), 'x');
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(join(directory, '.parts', 'old'), hourAgo, hourAgo);
  expect(await storage.removeStaleParts(600)).toBe(1);
  expect((await filesLeft()).sort()).toEqual(['a', 'young']);
});

test('a storage that was never used lists nothing and has no stale parts', async () => {
  const unused = createFileStorage({ directory: join(directory, 'unused') });
  expect(await unused.removeStaleParts(0)).toBe(0);
  for await (const blob of unused.list('')) expect.fail(`listed ${blob.key}`);
  expect(await unused.freeBytes()).toBeGreaterThan(0);
});

test('listing yields the blobs of a folder and nothing unfinished', async () => {
  for (const key of ['uploads/2026/11/b', 'uploads/2026/11/a', 'uploads/2025/x', 'audio/1.pcm']) {
    await storage.put(key, Readable.from(pieces(1, 10)));
  }
  await writeFile(join(directory, '.parts', 'unfinished'), 'x');
  const listed: string[] = [];
  for await (const blob of storage.list('uploads/2026')) listed.push(blob.key);
  expect(listed).toEqual(['uploads/2026/11/a', 'uploads/2026/11/b']);
  const all: string[] = [];
  for await (const blob of storage.list('')) all.push(blob.key);
  expect(all).toEqual(['audio/1.pcm', 'uploads/2025/x', 'uploads/2026/11/a', 'uploads/2026/11/b']);
});

test('a full disk is said to be full within two seconds, and leaves nothing behind', async (context) => {
  const mountPoint = join(directory, 'small');
  await mkdir(mountPoint);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mountPoint]);
  } catch {
    context.skip('mounting a small tmpfs needs root');
  }
  try {
    const small = createFileStorage({ directory: mountPoint });
    const startedAt = performance.now();
    await expect(small.put('uploads/a', endless())).rejects.toMatchObject({ code: 'storage-full' });
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(await filesLeft()).toEqual([]);
    expect(await small.freeBytes()).toBeGreaterThan(1_900_000);
  } finally {
    await run('umount', [mountPoint]);
  }
});
