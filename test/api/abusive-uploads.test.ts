import { setTimeout as wait } from 'node:timers/promises';
import { startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  multipart,
  openUpload,
  query,
  readResponse,
  responseOf,
  send,
  upload,
  wavFile,
  type RawResponse,
} from './requests.js';
import { expectTraces, uploadTraces } from './traces.js';

const CONCURRENT_MAX = 4;
/** Of ten abuses each. */
const ROUNDS = 100;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    workers: 0,
    env: { UPLOADS_CONCURRENT_MAX: String(CONCURRENT_MAX), UPLOAD_STALL_SECONDS: '1' },
  });
});
afterAll(() => stack.stop());

const alive = async (): Promise<boolean> => (await send({ url: `${stack.apiUrl}/livez` })).status === 200;

async function countTranscriptions(): Promise<number> {
  return (await query(stack, '{ transcriptions { totalCount } }')).json.data.transcriptions.totalCount;
}

test('more uploads at once than there are slots are told to come back, and slots come free again', async () => {
  const { head, file, contentType } = multipart({ file: wavFile(1) });
  const refused: RawResponse[] = [];
  const open = Array.from({ length: CONCURRENT_MAX + 2 }, () => {
    const request = openUpload(stack, { contentType }, { 'transfer-encoding': 'chunked' });
    request.on('error', () => undefined);
    request.once('response', (response) => void readResponse(response).then((answer) => refused.push(answer)));
    request.write(head);
    request.write(file);
    return request;
  });
  const drip = setInterval(() => {
    for (const request of open) request.write(Buffer.alloc(8192));
  }, 200);
  await waitFor(() => refused.length === 2, { timeoutMilliseconds: 10_000, what: 'two refusals' });
  for (const answer of refused) {
    expect([answer.status, answer.json.errors?.[0]?.extensions.code]).toEqual([503, 'uploads-busy']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }
  clearInterval(drip);
  for (const request of open) request.destroy();
  await waitFor(async () => (await upload(stack, { file: wavFile(1, 15) })).status === 200, {
    timeoutMilliseconds: 10_000,
    what: 'a free slot',
  });
});

test('a thousand abusive uploads leave no temporary file, no blob, and a server that answers', async () => {
  const before = await uploadTraces(stack.dataDirectory);
  const transcriptions = await countTranscriptions();
  const body = multipart({ file: wavFile(30) });
  const unused = multipart({ file: wavFile(30), document: '{ viewer { name } }' });
  const invalid = multipart({ file: wavFile(30), document: '{ nonsense' });

  const abuses: (() => Promise<void>)[] = [
    // Answered before its file was read.
    () => abuse(unused.contentType, [unused.head, unused.file.subarray(0, 50_000)], 'wait'),
    () => abuse(invalid.contentType, [invalid.head, invalid.file.subarray(0, 50_000)], 'wait'),
    // The file begins only after the answer.
    () => abuse(invalid.contentType, [invalid.head.subarray(0, -20), invalid.head.subarray(-20), invalid.file], 'slow'),
    // Broken off, inside the fields, at the file, inside the file.
    () => abuse(body.contentType, [body.head.subarray(0, 100)], 'break'),
    () => abuse(body.contentType, [body.head], 'break'),
    () => abuse(body.contentType, [body.head, body.file.subarray(0, 100_000)], 'break'),
    // No boundary, a wrong boundary, no map, no end.
    () => abuse('multipart/form-data', [body.head, body.file], 'wait'),
    () => abuse('multipart/form-data; boundary=other', [body.head, body.file, body.tail], 'end'),
    () => abuse(body.contentType, [body.head.subarray(body.head.indexOf('name="map"') - 60)], 'end'),
    () => abuse(body.contentType, [body.head, body.file], 'end'),
  ];
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(abuses.slice(0, 4).map((one) => one()));
    await Promise.all(abuses.slice(4, 7).map((one) => one()));
    await Promise.all(abuses.slice(7).map((one) => one()));
  }

  await expectTraces(stack.dataDirectory, before);
  expect(await countTranscriptions()).toBe(transcriptions);
  expect(await alive()).toBe(true);

  async function abuse(contentType: string, pieces: Buffer[], how: 'wait' | 'slow' | 'break' | 'end'): Promise<void> {
    const request = openUpload(stack, { contentType }, { 'transfer-encoding': 'chunked' });
    const answered = responseOf(request).then(readResponse, () => undefined);
    for (const piece of pieces) {
      request.write(piece);
      if (how === 'slow') await wait(30);
    }
    if (how === 'end') request.end();
    if (how === 'break') await wait(20);
    else await Promise.race([answered, wait(3000)]);
    request.destroy();
  }
});

test('a multipart body without a key is refused before it is read, and its slot is never taken', async () => {
  const before = await uploadTraces(stack.dataDirectory);
  const answers = await Promise.all(
    Array.from({ length: CONCURRENT_MAX * 2 }, () => upload({ ...stack, apiKey: 'vt_wrong' }, { file: wavFile(60) })),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
  await expectTraces(stack.dataDirectory, before);
});
