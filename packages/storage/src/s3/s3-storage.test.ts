import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { startS3Server, type S3Server } from '@voice-transcriber/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createS3Storage, type S3StorageOptions } from './s3-storage.js';

let directory: string;
let server: S3Server;
let options: S3StorageOptions;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vt-s3-'));
  server = await startS3Server({ directory: join(directory, 'server') });
  const spoolDirectory = join(directory, 'spool');
  options = { ...server.settings, prefix: 'team/voice', forcePathStyle: true, spoolDirectory };
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

const LARGE_BYTES = 20 * 1024 * 1024;

/** More than two parts, piece by piece. */
function* large(): Generator<Uint8Array> {
  for (let sent = 0; sent < LARGE_BYTES; sent += 1024 * 1024) yield new Uint8Array(1024 * 1024).fill(sent % 251);
}

const uploadsLeft = (): Promise<string[]> => readdir(join(directory, 'server', 'uploads')).catch(() => []);

test('blobs lie below the prefix, and what others keep in the bucket is neither listed nor touched', async () => {
  const storage = await createS3Storage(options);
  await storage.put('uploads/a', Readable.from(['x']));
  const objects = join(directory, 'server', 'objects');
  await writeFile(join(objects, 'foreign'), 'x');
  await writeFile(join(objects, 'team', 'voice', 'not a key'), 'x');
  const listed: string[] = [];
  for await (const { key } of storage.list('')) listed.push(key);
  expect(listed).toEqual(['uploads/a']);
  expect(await readdir(join(objects, 'team', 'voice'))).toEqual(['not a key', 'uploads']);
});

test('a list of more than one page is listed whole', async () => {
  const storage = await createS3Storage(options);
  const folder = join(directory, 'server', 'objects', 'team', 'voice', 'audio');
  await mkdir(folder, { recursive: true });
  await Promise.all(Array.from({ length: 1203 }, (_, index) => writeFile(join(folder, `${index}.pcm`), '')));
  let count = 0;
  for await (const blob of storage.list('audio')) count += blob.key.endsWith('.pcm') ? 1 : 0;
  expect(count).toBe(1203);
});

test.each([
  ['a wrong secret', { credentials: { accessKeyId: 'TESTKEY', secretAccessKey: 'guessed' } }, 'S3_SECRET_ACCESS_KEY'],
  ['an unknown key', { credentials: { accessKeyId: 'NOBODY', secretAccessKey: 'guessed' } }, 'S3_ACCESS_KEY_ID'],
  ['a missing bucket', { bucket: 'elsewhere' }, 'S3_BUCKET'],
])('%s is told at the start, with the variable to correct', async (_what, wrong, variable) => {
  await expect(createS3Storage({ ...options, ...wrong })).rejects.toMatchObject({
    code: 'storage-failed',
    message: expect.stringContaining(variable) as string,
  });
});

test('a server that is not there is told at the start', async () => {
  await server.close();
  await expect(createS3Storage(options)).rejects.toMatchObject({
    code: 'storage-failed',
    message: expect.stringContaining('S3_ENDPOINT') as string,
  });
});

test('an answer that breaks off in the middle is asked for again: what is read is whole', async () => {
  const storage = await createS3Storage(options);
  await storage.put('a', Readable.from(large()));
  let cuts = 2;
  server.intercept = (request, response) => {
    if (request.method !== 'GET' || cuts === 0) return false;
    cuts -= 1;
    response.writeHead(206, { 'content-length': '8388608', etag: '"x"' });
    response.write(Buffer.alloc(100_000));
    setTimeout(() => response.destroy(), 20);
    return true;
  };
  let received = 0;
  for await (const chunk of storage.get('a') as AsyncIterable<Buffer>) {
    expect(chunk.every((byte, index) => byte === (Math.floor((received + index) / 1048576) * 1048576) % 251)).toBe(
      true,
    );
    received += chunk.byteLength;
  }
  expect(received).toBe(LARGE_BYTES);
  expect(cuts).toBe(0);
});

test('a busy server is asked again, and a part that is refused for good leaves nothing', async () => {
  const storage = await createS3Storage(options);
  let refusals = 2;
  server.intercept = (request, response) => {
    if (request.method !== 'PUT' || refusals === 0) return false;
    refusals -= 1;
    request.resume();
    response.writeHead(503, { 'content-type': 'application/xml' }).end('<Error><Code>SlowDown</Code></Error>');
    return true;
  };
  await storage.put('a', Readable.from(large()));
  expect(await storage.stat('a')).toMatchObject({ sizeBytes: LARGE_BYTES });

  server.intercept = (request, response) => {
    if (request.url?.includes('partNumber=2') !== true) return false;
    request.resume();
    response.writeHead(507, { 'content-type': 'application/xml' }).end('<Error><Code>QuotaExceeded</Code></Error>');
    return true;
  };
  await expect(storage.put('b', Readable.from(large()))).rejects.toMatchObject({ code: 'storage-full' });
  expect(await storage.stat('b')).toBeUndefined();
  expect(await uploadsLeft()).toEqual([]);
});

test('uploads that a dead process began are given up after a day, younger ones and their blobs stay', async () => {
  const storage = await createS3Storage(options);
  for (const id of ['old', 'young']) {
    await mkdir(join(directory, 'server', 'uploads', id), { recursive: true });
    await writeFile(join(directory, 'server', 'uploads', id, 'key'), `team/voice/${id}`);
  }
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
  await utimes(join(directory, 'server', 'uploads', 'old', 'key'), twoDaysAgo, twoDaysAgo);
  expect(await storage.removeStaleParts(0)).toBe(1);
  expect(await uploadsLeft()).toEqual(['young']);
});

test('the local folder of a dead process is removed after an hour, that of a living one stays', async () => {
  const storage = await createS3Storage(options);
  const folders = ['dead', 'living'].map((name) => join(directory, 'spool', name));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  await utimes(folders[0] ?? '', twoHoursAgo, twoHoursAgo);
  expect(await storage.removeStaleParts(0)).toBe(1);
  expect(await readdir(join(directory, 'spool'))).toEqual(['living']);
});

test('a request whose content was changed on its way is refused by the server, not stored', async () => {
  const storage = await createS3Storage(options);
  server.intercept = (request) => {
    if (request.method === 'PUT') request.headers['x-amz-content-sha256'] = '0'.repeat(64);
    return false;
  };
  await expect(storage.put('a', Readable.from(['x']))).rejects.toMatchObject({ code: 'storage-failed' });
  expect(server.refusedSignatures).toBeGreaterThan(0);
  server.intercept = undefined;
  expect(await storage.stat('a')).toBeUndefined();
});
