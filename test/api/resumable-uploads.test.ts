import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Upload, type UploadOptions } from 'tus-js-client';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.js';
import { CREATE, query, send, upload, wavFile } from './requests.js';

let stack: Stack;
let cuts: CuttingProxy;

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  cuts = await startCuttingProxy(stack.apiUrl);
});
afterAll(async () => {
  await cuts.close();
  await stack.stop();
});

function sendFile(file: Buffer, options: Partial<UploadOptions>): Promise<string> {
  return new Promise((resolve, reject) => {
    const tus = new Upload(file, {
      retryDelays: Array.from({ length: 60 }, () => 20),
      headers: { authorization: `Bearer ${stack.apiKey}` },
      metadata: { filename: 'meeting.wav' },
      onError: reject,
      onSuccess: () => resolve(tus.url ?? ''),
      ...options,
    });
    tus.start();
  });
}

const idOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
const spooled = (): Promise<string[]> => readdir(path.join(stack.dataDirectory, 'storage', '.resumable'));

test(
  'a file that is cut at random offsets arrives whole, becomes a transcription, and leaves nothing in the spool',
  { timeout: 60_000 },
  async () => {
    const file = wavFile(900, 71);
    cuts.state.cutsLeft = 24;
    const url = await sendFile(file, { endpoint: `${cuts.url}/uploads` });
    expect(cuts.state.cutsMade).toBeGreaterThanOrEqual(20);
    const input = { source: { uploadId: idOf(url) } };
    const { json } = await query(stack, CREATE, { input });
    const created = json.data.createTranscription;
    expect(created.transcription.media).toMatchObject({
      filename: 'meeting.wav',
      sha256: createHash('sha256').update(file).digest('hex'),
    });
    const again = await query(stack, CREATE, { input });
    expect(again.json.data.createTranscription).toMatchObject({
      existing: true,
      transcription: { id: created.transcription.id },
    });
    expect(await spooled()).toEqual([]);
  },
);

const CREATE_UPLOAD = `mutation ($input: CreateUploadInput!) { createUpload(input: $input) {
  __typename ... on Error { code message }
  ... on CreateUploadPayload { upload { id uploadPath receivedBytes sizeBytes expiresAt } }
} }`;

test('an upload begun by a mutation goes on over tus, is seen growing, and is refused as a source before its end', async () => {
  const file = wavFile(5, 72);
  const { json } = await query(stack, CREATE_UPLOAD, { input: { filename: 'a.wav', sizeBytes: file.length } });
  const { id, uploadPath } = json.data.createUpload.upload;
  const half = await send({
    url: stack.apiUrl + uploadPath,
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${stack.apiKey}`,
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    },
    body: file.subarray(0, 1000),
  });
  expect([half.status, half.headers['upload-offset']]).toEqual([204, '1000']);
  const node = await query(stack, 'query ($id: ID!) { node(id: $id) { ... on ResumableUpload { receivedBytes } } }', {
    id,
  });
  expect(node.json.data.node.receivedBytes).toBe(1000);
  const early = await query(stack, CREATE, { input: { source: { uploadId: id } } });
  expect(early.json.data.createTranscription).toMatchObject({
    __typename: 'InvalidInputError',
    field: 'source.uploadId',
  });
  await sendFile(file, { uploadUrl: stack.apiUrl + uploadPath });
  const done = await query(stack, CREATE, { input: { source: { uploadId: id } } });
  expect(done.json.data.createTranscription.__typename).toBe('CreateTranscriptionPayload');
});

test("another key's upload cannot be seen, continued, ended or used", async () => {
  const { json } = await query(stack, CREATE_UPLOAD, { input: { filename: 'b.wav', sizeBytes: 10 } });
  const { id, uploadPath } = json.data.createUpload.upload;
  const key = await query(stack, 'mutation { createApiKey(input: { name: "other", scope: WRITE }) { secret } }');
  const other = { apiUrl: stack.apiUrl, apiKey: key.json.data.createApiKey.secret as string };
  const headers = { authorization: `Bearer ${other.apiKey}`, 'tus-resumable': '1.0.0' };
  for (const method of ['HEAD', 'DELETE']) {
    expect((await send({ url: stack.apiUrl + uploadPath, method, headers })).status).toBe(404);
  }
  const used = await query(other, CREATE, { input: { source: { uploadId: id } } });
  expect(used.json.data.createTranscription).toMatchObject({ code: 'upload-missing' });
});

test('uploads need a key that may write, a declared size within the limit, and no foreign page', async () => {
  const begin = (headers: Record<string, string>) =>
    send({ url: `${stack.apiUrl}/uploads`, method: 'POST', headers: { 'tus-resumable': '1.0.0', ...headers } });
  const bearer = { authorization: `Bearer ${stack.apiKey}` };
  expect((await begin({ 'upload-length': '10' })).status).toBe(401);
  expect((await begin({ ...bearer, 'upload-length': String(10 ** 12) })).status).toBeGreaterThanOrEqual(413);
  expect(
    (await begin({ 'upload-length': '10', cookie: 'vt_session=x', origin: 'https://elsewhere.example' })).status,
  ).toBe(403);
  const tooLarge = await query(stack, CREATE_UPLOAD, { input: { filename: 'c.wav', sizeBytes: 10 ** 12 } });
  expect(tooLarge.json.data.createUpload).toMatchObject({ __typename: 'UploadError', code: 'file-too-large' });
});

test('a recording that is stored already is transcribed again without being sent again', async () => {
  const first = await upload(stack, { file: wavFile(2, 73) });
  const { transcription } = first.json.data.createTranscription;
  const again = await query(stack, CREATE, { input: { source: { mediaId: transcription.media.id } } });
  expect(again.json.data.createTranscription).toMatchObject({
    existing: false,
    transcription: { media: transcription.media },
  });
  expect(again.json.data.createTranscription.transcription.id).not.toBe(transcription.id);
});

test.each([
  ['no source', {}],
  ['a recording that does not exist', { source: { mediaId: 'TWVkaWE6bm9uZQ' } }],
])('%s is refused with the field named', async (_name, input) => {
  const { json } = await query(stack, CREATE, { input });
  expect(json.data.createTranscription).toMatchObject({ __typename: 'InvalidInputError' });
});
