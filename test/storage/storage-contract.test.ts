import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Storage } from '@voice-transcriber/storage';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startStorageBench, type StorageBench, type StorageKind } from './storage-bench.js';

function* pieces(count: number, sizeBytes: number): Generator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield new Uint8Array(sizeBytes).fill(index % 251);
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield new Uint8Array(64 * 1024);
    await new Promise(setImmediate);
  }
}

/** What every storage promises. */
describe.each<StorageKind>(['files', 's3'])('%s', (kind) => {
  let bench: StorageBench;
  let storage: Storage;
  beforeAll(async () => {
    bench = await startStorageBench(kind);
  });
  afterAll(() => bench.stop());
  beforeEach(async () => {
    storage = await bench.open();
  });
  afterEach(async () => {
    for await (const { key } of storage.list('')) await storage.delete(key);
    expect(await bench.filesLeft()).toEqual([]);
  });

  test('what was put is read back byte for byte, with its size and sha256', async () => {
    // More than two parts of a multipart upload.
    const expected = Buffer.concat([...pieces(260, 70_001)]);
    const stored = await storage.put('uploads/2026/11/a', Readable.from(pieces(260, 70_001)));
    expect(stored).toEqual({
      sizeBytes: expected.byteLength,
      sha256: createHash('sha256').update(expected).digest('hex'),
    });
    expect((await collect(storage.get('uploads/2026/11/a'))).equals(expected)).toBe(true);
  });

  test('an empty blob is a blob', async () => {
    const stored = await storage.put('empty', Readable.from([]));
    expect(stored.sizeBytes).toBe(0);
    expect(await storage.stat('empty')).toMatchObject({ sizeBytes: 0 });
    expect((await collect(storage.get('empty'))).byteLength).toBe(0);
    expect((await storage.read('empty', { startByte: 0, lengthBytes: 10 })).byteLength).toBe(0);
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
    expect((await storage.read('a', { startByte: 5, lengthBytes: 0 })).byteLength).toBe(0);
  });

  test('a missing blob is said to be missing, and deleting it again is no error', async () => {
    const missing = { name: 'StorageError', code: 'blob-missing' };
    await expect(storage.read('none', { startByte: 0, lengthBytes: 1 })).rejects.toMatchObject(missing);
    await expect(collect(storage.get('none'))).rejects.toMatchObject(missing);
    await expect(storage.readAsFile('none', () => Promise.resolve())).rejects.toMatchObject(missing);
    expect(await storage.stat('none')).toBeUndefined();
    await storage.put('a', Readable.from(pieces(1, 10)));
    await storage.delete('a');
    await storage.delete('a');
    expect(await storage.stat('a')).toBeUndefined();
  });

  test.each(['../a', '/a', '.parts/a', 'a//b'])('no method takes the key %j', async (key) => {
    const invalid = expect.objectContaining({ code: 'key-invalid' });
    await expect(storage.put(key, Readable.from([]))).rejects.toEqual(invalid);
    await expect(storage.read(key, { startByte: 0, lengthBytes: 1 })).rejects.toEqual(invalid);
    await expect(storage.stat(key)).rejects.toEqual(invalid);
    await expect(storage.delete(key)).rejects.toEqual(invalid);
    await expect(storage.readAsFile(key, () => Promise.resolve())).rejects.toEqual(invalid);
    await expect(storage.writeAsFile(key, () => Promise.resolve())).rejects.toEqual(invalid);
    expect(() => storage.get(key)).toThrowError(invalid);
  });

  test('a source that fails midway leaves nothing behind', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      // Past the first part of a multipart upload.
      for (const piece of pieces(10, 1_000_000)) yield piece;
      await Promise.resolve();
      throw new Error('connection reset');
    }
    await expect(storage.put('a', broken())).rejects.toMatchObject({
      code: 'upload-aborted',
      cause: { message: 'connection reset' },
    });
    expect(await storage.stat('a')).toBeUndefined();
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
  });

  test('an abort in the middle of a busy source leaves nothing behind and closes the source', async () => {
    const abort = new AbortController();
    const source = Readable.from(endless());
    setTimeout(() => abort.abort(), 30);
    await expect(storage.put('a', source, { signal: abort.signal })).rejects.toMatchObject({ code: 'upload-aborted' });
    await expect.poll(() => source.destroyed).toBe(true);
  });

  test('a signal that fired before the put is honoured', async () => {
    const options = { signal: AbortSignal.abort() };
    await expect(storage.put('a', Readable.from(pieces(1, 10)), options)).rejects.toMatchObject({
      code: 'upload-aborted',
    });
  });

  test('a source over the limit is refused as soon as it exceeds it, and leaves nothing behind', async () => {
    await expect(storage.put('a', endless(), { sizeBytesMax: 1_000_000 })).rejects.toMatchObject({
      code: 'blob-too-large',
      details: { sizeBytesMax: 1_000_000 },
    });
    const exact = await storage.put('b', Readable.from(pieces(10, 100)), { sizeBytesMax: 1000 });
    expect(exact.sizeBytes).toBe(1000);
  });

  test('a failed put keeps the blob that was there', async () => {
    await storage.put('a', Readable.from(pieces(1, 10)));
    await expect(storage.put('a', endless(), { sizeBytesMax: 100 })).rejects.toMatchObject({ code: 'blob-too-large' });
    expect(await storage.stat('a')).toMatchObject({ sizeBytes: 10 });
  });

  test('whoever examines the content sees all of it before it is stored', async () => {
    const expected = Buffer.concat([...pieces(3, 1000)]);
    let seen: Buffer | undefined;
    const stored = await storage.put('a', Readable.from(pieces(3, 1000)), {
      examine: async (path) => {
        seen = await readFile(path);
        expect(await storage.stat('a')).toBeUndefined();
      },
    });
    expect(seen?.equals(expected)).toBe(true);
    expect(stored.sha256).toBe(createHash('sha256').update(expected).digest('hex'));
    expect((await collect(storage.get('a'))).equals(expected)).toBe(true);
  });

  test('what an examination refuses is not stored, and the refusal comes through unchanged', async () => {
    const refusal = new Error('this is no recording');
    const put = storage.put('a', Readable.from(pieces(3, 1000)), { examine: () => Promise.reject(refusal) });
    await expect(put).rejects.toBe(refusal);
    expect(await storage.stat('a')).toBeUndefined();
  });

  test('puts at once do not mix, also under one key', async () => {
    const sizes = Array.from({ length: 12 }, (_, index) => (index + 1) * 10_000);
    const results = await Promise.all(
      sizes.map(async (size, index) =>
        storage.put(index < 6 ? 'same' : `key-${index}`, Readable.from(pieces(3, size))),
      ),
    );
    expect(results.map((result) => result.sizeBytes)).toEqual(sizes.map((size) => size * 3));
    const same = await collect(storage.get('same'));
    const sha256 = createHash('sha256').update(same).digest('hex');
    expect(results.slice(0, 6).map((result) => result.sha256)).toContain(sha256);
  });

  test('a native tool reads a blob as a file, and what it throws comes through', async () => {
    await storage.put('a', Readable.from(pieces(5, 1000)));
    const content = await storage.readAsFile('a', (path) => readFile(path));
    expect(content.equals(Buffer.concat([...pieces(5, 1000)]))).toBe(true);
    const failure = new Error('exit code 1');
    await expect(storage.readAsFile('a', () => Promise.reject(failure))).rejects.toBe(failure);
  });

  test('what a native tool wrote is a blob; a tool that fails leaves none', async () => {
    const answer = await storage.writeAsFile('audio/1.pcm', async (path) => {
      await writeFile(path, 'samples');
      return 'done';
    });
    expect(answer).toBe('done');
    expect((await collect(storage.get('audio/1.pcm'))).toString()).toBe('samples');
    const failure = new Error('exit code 1');
    await expect(storage.writeAsFile('audio/2.pcm', () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await storage.stat('audio/2.pcm')).toBeUndefined();
  });

  test('listing yields the blobs of a folder, sorted, with size and time', async () => {
    for (const key of ['uploads/2026/11/b', 'uploads/2026/11/a', 'uploads/2025/x', 'uploads-else/y', 'audio/1.pcm']) {
      await storage.put(key, Readable.from(pieces(1, 10)));
    }
    const listed: string[] = [];
    for await (const { key, sizeBytes, modifiedAt } of storage.list('uploads/2026')) {
      listed.push(key);
      expect(sizeBytes).toBe(10);
      expect(Math.abs(Date.now() - modifiedAt.getTime())).toBeLessThan(60_000);
    }
    expect(listed).toEqual(['uploads/2026/11/a', 'uploads/2026/11/b']);
    const all: string[] = [];
    for await (const blob of storage.list('')) all.push(blob.key);
    expect(all.toSorted()).toEqual([
      'audio/1.pcm',
      'uploads-else/y',
      'uploads/2025/x',
      'uploads/2026/11/a',
      'uploads/2026/11/b',
    ]);
  });

  test('an unused storage lists nothing, has no stale parts and has room', async () => {
    for await (const blob of storage.list('')) expect.fail(`listed ${blob.key}`);
    expect(await storage.removeStaleParts(0)).toBe(0);
    expect(await storage.freeBytes()).toBeGreaterThan(0);
  });
});
