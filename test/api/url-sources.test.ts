import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CREATE, query, wavFile, type Api } from './requests.js';

let stack: Stack;
let server: Server;
let origin: string;
let requests = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    const file = wavFile(1);
    if (request.url === '/talks/board%20meeting.wav?key=1') response.end(file);
    else if (request.url === '/moved') response.writeHead(302, { location: '/talks/board%20meeting.wav?key=1' }).end();
    else if (request.url === '/page') response.end('<html>not audio</html>');
    else if (request.url === '/big')
      response.writeHead(200, { 'content-length': '2000000' }).end(Buffer.alloc(2_000_000));
    else if (request.url === '/unsized-big') {
      response.write(file);
      response.end(Buffer.alloc(2_000_000));
    } else if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': String(file.length) });
      response.write(file.subarray(0, 12_000), () => response.destroy());
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  stack = await startStack({
    workers: 0,
    env: { URL_SOURCES: 'True', URL_SOURCES_ALLOW_PRIVATE: 'True', MAX_FILE_SIZE: '1MB' },
  });
});
afterAll(async () => {
  await stack.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function create(url: string, api: Api = stack): Promise<Record<string, unknown>> {
  const { json } = await query(api, CREATE, { input: { source: { url } } });
  expect(json.errors).toBeUndefined();
  return json.data.createTranscription as Record<string, unknown>;
}

test('a recording is fetched from its address, also behind a redirect, and named by it', async () => {
  for (const path of ['/talks/board%20meeting.wav?key=1', '/moved']) {
    const { transcription } = await create(`${origin}${path}`);
    expect(transcription).toMatchObject({ state: 'QUEUED', media: { filename: 'board meeting.wav' } });
  }
});

test.each([
  ['/nothing', 'url-failed'],
  ['/page', 'file-not-audio'],
  ['/big', 'file-too-large'],
  ['/unsized-big', 'file-too-large'],
  ['/cut', 'url-failed'],
])('what %s answers is refused as %s and leaves nothing behind', async (path, code) => {
  const stored = (): Promise<string[]> => readdir(join(stack.dataDirectory, 'storage'), { recursive: true });
  const before = await stored();
  expect(await create(`${origin}${path}`)).toMatchObject({ __typename: 'UploadError', code });
  expect(await stored()).toEqual(before);
});

test('nobody there is an answer too', async () => {
  expect(await create('http://127.0.0.1:1/a.wav')).toMatchObject({ __typename: 'UploadError', code: 'url-failed' });
});

test('private addresses are refused unless they are allowed, and everything is while it is switched off', async () => {
  const guarded = await stack.startApi({ URL_SOURCES_ALLOW_PRIVATE: 'False' });
  const off = await stack.startApi({ URL_SOURCES: 'False' });
  const before = requests;
  const api = { apiUrl: guarded.ready.url, apiKey: stack.apiKey };
  expect(await create(`${origin}/moved`, api)).toMatchObject({ __typename: 'InvalidInputError', field: 'source.url' });
  const byName = `${origin.replace('127.0.0.1', 'localhost')}/moved`;
  expect(await create(byName, api)).toMatchObject({ __typename: 'UploadError', code: 'url-failed' });
  const refused = await create(`${origin}/moved`, { apiUrl: off.ready.url, apiKey: stack.apiKey });
  expect(refused).toMatchObject({ __typename: 'InvalidInputError', field: 'source.url' });
  expect(requests).toBe(before);
  await guarded.stop();
  await off.stop();
});
