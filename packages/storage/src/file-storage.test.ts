import { execFile } from 'node:child_process';
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

test('listing yields nothing unfinished, sorted within each folder', async () => {
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
