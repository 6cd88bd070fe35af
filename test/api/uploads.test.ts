import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY, startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { multipart, openUpload, query, readResponse, responseOf, upload, wavFile } from './requests.js';
import { expectTraces, uploadTraces } from './traces.js';

const FILE_BYTES_MAX = 5_000_000;
const STALL_SECONDS = 1;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    workers: 0,
    env: {
      MAX_FILE_SIZE: String(FILE_BYTES_MAX),
      UPLOAD_STALL_SECONDS: String(STALL_SECONDS),
    },
  });
});
afterAll(() => stack.stop());

const fixture = (name: string): Promise<Buffer> => readFile(join(REPOSITORY_DIRECTORY, 'test/fixtures/audio', name));

async function countTranscriptions(): Promise<number> {
  return (await query(stack, '{ transcriptions { totalCount } }')).json.data.transcriptions.totalCount;
}

test('a name with quotes arrives as it is, though forms have to write them otherwise', async () => {
  const { json } = await upload(stack, { file: wavFile(1), filename: '“a” %22b%22 100%.wav' });
  expect(json.data.createTranscription.transcription.media.filename).toBe('“a” "b" 100%.wav');
});

test('a recording becomes a queued transcription with its content hash and its probe', async () => {
  const { json } = await upload(stack, { file: await fixture('lj-001-0002.mp3'), filename: '../../etc/Jörg 1.mp3' });
  const created = json.data.createTranscription;
  expect(created).toMatchObject({ __typename: 'CreateTranscriptionPayload', existing: false });
  expect(created.transcription).toMatchObject({ state: 'QUEUED', media: { filename: 'Jörg 1.mp3' } });
  expect(created.transcription.media.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('equal content is stored once, and deleting the last transcription removes the blob', async () => {
  const before = await uploadTraces(stack.dataDirectory);
  const file = wavFile(1, 11);
  const first = (await upload(stack, { file })).json.data.createTranscription.transcription;
  const second = (await upload(stack, { file })).json.data.createTranscription.transcription;
  expect(second.id).not.toBe(first.id);
  expect(second.media.id).toBe(first.media.id);
  expect(await uploadTraces(stack.dataDirectory)).toHaveLength(before.length + 1);

  const remove = 'mutation ($id: ID!) { deleteTranscription(input: { id: $id }) { __typename } }';
  await query(stack, remove, { id: first.id });
  expect(await uploadTraces(stack.dataDirectory)).toHaveLength(before.length + 1);
  await query(stack, remove, { id: second.id });
  await expectTraces(stack.dataDirectory, before);
});

test('an idempotency key makes one transcription, also when ten requests race', async () => {
  const before = await countTranscriptions();
  const file = wavFile(1, 12);
  const answers = [];
  for (let round = 0; round < 3; round += 1) {
    answers.push(
      ...(await Promise.all([1, 2, 3].map(() => upload(stack, { file, input: { idempotencyKey: 'same' } })))),
    );
  }
  const results = answers.map(({ json }) => json.data.createTranscription);
  expect(new Set(results.map(({ transcription }) => transcription.id)).size).toBe(1);
  expect(results.filter(({ existing }) => existing === false)).toHaveLength(1);
  expect(await countTranscriptions()).toBe(before + 1);
});

const refusedFiles: [string, string, () => Buffer | Promise<Buffer>, string][] = [
  ['an empty file', 'file-empty', () => Buffer.alloc(0), 'empty.mp3'],
  ['a text named .mp3', 'file-not-audio', () => Buffer.from('These are only words.\n'.repeat(50)), 'words.mp3'],
  ['a playlist', 'playlist-refused', () => Buffer.from('#EXTM3U\nhttp://127.0.0.1:1/secret.ts\n'), 'list.m3u8'],
  ['a WAV cut short', 'file-truncated', () => wavFile(20).subarray(0, 100_000), 'cut.wav'],
  ['a file over the limit without a stated length', 'file-too-large', () => wavFile(400), 'long.wav'],
];

test.each(refusedFiles)(
  '%s is refused with %s and a fix, and leaves 0 bytes',
  async (_what, code, makeFile, filename) => {
    const before = await uploadTraces(stack.dataDirectory);
    const { head, file, tail, contentType } = multipart({ file: await makeFile(), filename });
    const request = openUpload(stack, { contentType }, { 'transfer-encoding': 'chunked' });
    const response = responseOf(request);
    request.write(head);
    request.write(file);
    request.end(tail);
    const { json } = await readResponse(await response);
    expect(json.data.createTranscription).toMatchObject({ __typename: 'UploadError', code });
    expect(json.data.createTranscription.message.length).toBeGreaterThan(30);
    if (code === 'file-too-large') expect(json.data.createTranscription.maxFileBytes).toBe(FILE_BYTES_MAX);
    await expectTraces(stack.dataDirectory, before);
  },
);

test('a multipart request without its file, or with a file that has no end, gets a typed answer', async () => {
  const { head, file, tail, contentType } = multipart({ file: wavFile(1) });
  const unnamed = Buffer.from(
    head.toString().replace('; filename="recording.wav"\r\ncontent-type: application/octet-stream', ''),
  );
  for (const [pieces, code] of [
    [[unnamed, file, tail], 'file-empty'],
    [[head, file.subarray(0, 100)], 'upload-aborted'],
  ] as const) {
    const request = openUpload(stack, { contentType });
    request.end(Buffer.concat(pieces));
    const { json } = await readResponse(await responseOf(request));
    expect(json.data.createTranscription).toMatchObject({ __typename: 'UploadError', code });
  }
});

test('a stated length over the limit is refused before the body is read', async () => {
  const { head, contentType } = multipart({ file: Buffer.alloc(0) });
  const request = openUpload(stack, { contentType }, { 'content-length': String(FILE_BYTES_MAX * 3) });
  request.write(head);
  const answer = await readResponse(await responseOf(request));
  request.destroy();
  expect(answer.status).toBe(413);
  expect(answer.json.errors?.[0]?.extensions).toMatchObject({ code: 'file-too-large', maxFileBytes: FILE_BYTES_MAX });
});

test.each([
  ['model', { model: 'no-such-model' }],
  ['language', { language: 'klingon' }],
  ['prompt', { prompt: 'x'.repeat(5000) }],
  ['idempotencyKey', { idempotencyKey: '' }],
])('a wrong %s is told by its field, and nothing is stored', async (field, input) => {
  const before = await uploadTraces(stack.dataDirectory);
  const { json } = await upload(stack, { file: wavFile(1, 13), input });
  expect(json.data.createTranscription).toMatchObject({ __typename: 'InvalidInputError', field });
  await expectTraces(stack.dataDirectory, before);
});

test('an upload that stops arriving is ended with upload-stalled', async () => {
  const before = await uploadTraces(stack.dataDirectory);
  const { head, file, contentType } = multipart({ file: wavFile(60) });
  const request = openUpload(stack, { contentType }, { 'transfer-encoding': 'chunked' });
  const response = responseOf(request);
  request.write(head);
  request.write(file.subarray(0, 200_000));
  const { json } = await readResponse(await response);
  expect(json.data.createTranscription).toMatchObject({ __typename: 'UploadError', code: 'upload-stalled' });
  request.destroy();
  await expectTraces(stack.dataDirectory, before);
});

test('an upload slower than a kilobyte a second is ended, although it never quite stops', async () => {
  const { head, contentType } = multipart({ file: Buffer.alloc(0) });
  const request = openUpload(stack, { contentType }, { 'transfer-encoding': 'chunked' });
  const response = responseOf(request);
  request.write(head);
  const drip = setInterval(() => request.write('x'), 50);
  const { json } = await readResponse(await response);
  clearInterval(drip);
  request.destroy();
  expect(json.data.createTranscription.code).toBe('upload-stalled');
});
