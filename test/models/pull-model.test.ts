import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createModelStore, getOfficialModel, pullModel } from '@voice-transcriber/inference';
import { expect, test } from 'vitest';
import { likeModel, offsetOf, serve, startMirror, status, type Answer } from './mirror.js';
import { content, directory, expectInstalled, expectNothingInstalled, FINAL, MEBIBYTE, mirror, model, pullFrom, useDirectory } from './pulling.js';

useDirectory();

test('a model is pulled with progress, checked, described and found by the store', async () => {
  const progress = await pullFrom([serve(content)]);
  await expectInstalled();
  expect(mirror?.requests).toEqual(['from 0']);
  expect(progress.at(0)).toEqual({ step: 'downloading', bytesDone: 0, bytesTotal: content.length });
  expect(progress.at(-1)).toEqual({ step: 'verifying', bytesDone: content.length, bytesTotal: content.length });
  const bytes = progress.map(({ bytesDone }) => bytesDone);
  expect(bytes).toEqual([...bytes].sort((one, other) => one - other));
  const installed = await createModelStore({ directories: [directory] }).require('tiny-invented');
  expect(installed.manifest).toMatchObject({ size: 'tiny', quantization: 'q8_0', fileBytes: content.length });
});

test('a server that breaks off is asked for the rest, under the condition that the file is the same', async () => {
  await pullFrom([serve(content, { endAt: MEBIBYTE }), serve(content, { endAt: 2 * MEBIBYTE }), serve(content)]);
  await expectInstalled();
  const [first, second, third] = mirror?.requests ?? [];
  expect(first).toBe('from 0');
  expect(second).toMatch(/^from [1-9]\d* if "one"$/);
  expect(third).toMatch(/^from [1-9]\d* if "one"$/);
});

test('a pull by another process goes on where the dead one stopped, and takes its part away', async () => {
  await expect(pullFrom([serve(content, { endAt: 2 * MEBIBYTE }), status(404)])).rejects.toMatchObject({
    code: 'mirror-refused',
  });
  await expectNothingInstalled();
  await pullFrom([serve(content)], { owner: 'two' });
  await expectInstalled();
  expect(mirror?.requests).toHaveLength(1);
  expect(mirror?.requests[0]).toMatch(/^from [1-9]\d* if "one"$/);
});

test('what a process that only seemed dead still writes does not reach the file of its successor', async () => {
  let release: (() => void) | undefined;
  const zombieMirror = await startMirror([
    (_request, response) => {
      response.writeHead(200, { 'content-length': content.length, etag: '"one"' });
      response.write(content.subarray(0, MEBIBYTE));
      release = () => response.end(randomBytes(content.length - MEBIBYTE));
    },
  ]);
  const controller = new AbortController();
  let zombieBytes = 0;
  const zombie = pullModel({
    model,
    directory,
    mirror: zombieMirror.url,
    offline: false,
    owner: 'zombie',
    signal: controller.signal,
    onProgress: ({ bytesDone }) => (zombieBytes = bytesDone),
  });
  zombie.catch(() => undefined);
  await expect.poll(() => zombieBytes, { timeout: 5000 }).toBe(MEBIBYTE);
  await expect.poll(async () => (await readdir(directory)).length, { timeout: 5000 }).toBeGreaterThan(0);

  await pullFrom([serve(content)], { owner: 'successor' });
  release?.();
  await expect.poll(() => zombieBytes, { timeout: 5000 }).toBe(content.length);
  await expect(zombie).rejects.toThrow();
  await zombieMirror.close();
  expect(content.equals(await readFile(path.join(directory, FINAL)))).toBe(true);
});

test('a server that ignores ranges makes the pull start from zero', async () => {
  const ignorant: Answer = (request, response) => {
    delete request.headers.range;
    serve(content)(request, response);
  };
  await pullFrom([serve(content, { endAt: MEBIBYTE }), ignorant]);
  await expectInstalled();
});

test('a file that changed between two requests is fetched from zero, also when the server sends its range regardless', async () => {
  const other = likeModel(content.length);
  await pullFrom([serve(other, { etag: '"old"', endAt: MEBIBYTE }), serve(content, { etag: '"new"' })]);
  await expectInstalled();

  await rm(path.join(directory, FINAL));
  const regardless: Answer = (request, response) => {
    delete request.headers['if-range'];
    serve(content, { etag: '"new"' })(request, response);
  };
  await pullFrom([serve(other, { etag: '"old"', endAt: MEBIBYTE }), regardless]);
  await expectInstalled();
  expect(mirror?.requests.at(-1)).toBe('from 0');
});

test('a resumed file whose checksum is wrong gets one more chance from zero; a whole one none', async () => {
  const other = likeModel(content.length);
  const anonymous =
    (bytes: Buffer, endAt = bytes.length): Answer =>
    (request, response) => {
      const offset = offsetOf(request);
      const range = { 'content-range': `bytes ${offset}-${bytes.length - 1}/${bytes.length}` };
      response.writeHead(offset === 0 ? 200 : 206, { 'content-length': bytes.length - offset, ...range });
      if (endAt === bytes.length) response.end(bytes.subarray(offset));
      else response.write(bytes.subarray(offset, endAt), () => setImmediate(() => response.destroy()));
    };
  await pullFrom([anonymous(other, MEBIBYTE), anonymous(content)]);
  await expectInstalled();
  expect(mirror?.requests.at(-1)).toBe('from 0');

  await rm(path.join(directory, FINAL));
  await rm(path.join(directory, 'tiny-invented.manifest.json'));
  await expect(pullFrom([serve(other)])).rejects.toMatchObject({ code: 'checksum-mismatch', retry: 'never' });
  expect(mirror?.requests).toEqual(['from 0']);
  await expectNothingInstalled();
});

test('offline nothing is asked for, and the message says how to import', async () => {
  const failure = pullFrom([serve(content)], { offline: true });
  await expect(failure).rejects.toMatchObject({ code: 'models-offline' });
  await expect(failure).rejects.toThrow(/vt models import/);
  expect(mirror?.requests).toEqual([]);
});

test('a pull that is aborted keeps what it has and rejects with the reason', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const stalled: Answer = (_request, response) => {
    response.writeHead(200, { 'content-length': content.length, etag: '"one"' });
    response.write(content.subarray(0, MEBIBYTE));
  };
  const pulling = pullFrom([stalled], {
    signal: controller.signal,
    onProgress: ({ bytesDone }) => bytesDone === MEBIBYTE && controller.abort(reason),
  });
  await expect(pulling).rejects.toBe(reason);
  await pullFrom([serve(content)]);
  expect(mirror?.requests).toEqual([`from ${MEBIBYTE} if "one"`]);
  await expectInstalled();
});

test('a model that the disk has no room for is refused before a byte is asked for', async () => {
  const failure = pullFrom([serve(content)], { model: { ...model, fileBytes: 2 ** 52 } });
  await expect(failure).rejects.toMatchObject({ code: 'disk-full' });
  expect(mirror?.requests).toEqual([]);
});

test('a journal of another file, or one that makes no sense, is no beginning of this one', async () => {
  for (const journal of [
    '{"version":1,"sha1":"00","validator":{},"durableBytes":9,"resumed":false}',
    '{"version":1',
    '[]',
  ]) {
    await writeFile(path.join(directory, '.pull-tiny-invented@dead.part'), 'old bytes');
    await writeFile(path.join(directory, '.pull-tiny-invented@dead.part.journal'), journal);
    await pullFrom([serve(content)]);
    expect(mirror?.requests).toEqual(['from 0']);
    await expectInstalled();
    await rm(path.join(directory, FINAL));
  }
});

test('bytes behind what was certainly on the disk are fetched again', async () => {
  const { sha1 } = model;
  const part = path.join(directory, '.pull-tiny-invented@dead.part');
  await writeFile(part, Buffer.concat([content.subarray(0, MEBIBYTE), Buffer.alloc(1000)]));
  const journal = { version: 1, sha1, validator: { etag: '"one"' }, durableBytes: MEBIBYTE, resumed: false };
  await writeFile(`${part}.journal`, JSON.stringify(journal));
  await pullFrom([serve(content)]);
  expect(mirror?.requests).toEqual([`from ${MEBIBYTE} if "one"`]);
  await expectInstalled();
});

test('only models of the catalogue can be pulled', () => {
  expect(getOfficialModel('base').sha1).toMatch(/^[0-9a-f]{40}$/);
  expect(() => getOfficialModel('../base')).toThrow(expect.objectContaining({ code: 'model-unknown' }));
});

test('a place that cannot be written to is told as such', async () => {
  await writeFile(path.join(directory, 'file'), '');
  await expect(pullFrom([serve(content)], { directory: path.join(directory, 'file') })).rejects.toMatchObject({
    code: 'directory-unwritable',
  });
});
