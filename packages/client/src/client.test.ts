import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createClient } from './index.js';
import type { TranscriptionEvent } from './types.js';

const disposals: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<string> {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  disposals.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function makeFile(sizeBytes: number): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vt-client-'));
  disposals.push(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'a "quoted" name.wav');
  await writeFile(path, 'RIFF');
  await truncate(path, sizeBytes);
  return path;
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

const created = {
  data: { result: { __typename: 'CreateTranscriptionPayload', existing: false, transcription: { id: 'one' } } },
};

test('an upload is a GraphQL multipart request: operations, map, then the file under its own name', async () => {
  let body = '';
  let length = '';
  const url = await listen(async (request, response) => {
    length = request.headers['content-length'] ?? '';
    body = await readText(request);
    response.end(JSON.stringify(created));
  });
  const path = await makeFile(5000);
  const sent: number[] = [];
  await createClient({ url, apiKey: 'vt_key' }).createTranscription(
    path,
    { language: 'de' },
    { onUpload: (bytes) => sent.push(bytes) },
  );
  expect(Buffer.byteLength(body)).toBe(Number(length));
  const [, operations, map, file] = body.split(/--voice-transcriber-[0-9a-f-]+(?:--)?\r\n/);
  expect(JSON.parse(operations?.split('\r\n\r\n')[1] ?? '')).toMatchObject({
    variables: { input: { language: 'de', file: null } },
  });
  expect(JSON.parse(map?.split('\r\n\r\n')[1] ?? '')).toEqual({ 0: ['variables.input.file'] });
  expect(file).toContain('filename="a %22quoted%22 name.wav"');
  expect(sent.at(-1)).toBe(5000);
});

test('200 MB are uploaded in constant memory', { timeout: 60_000 }, async () => {
  const url = await listen(async (request, response) => {
    for await (const chunk of request) void chunk;
    response.end(JSON.stringify(created));
  });
  const path = await makeFile(200e6);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  await createClient({ url, apiKey: 'k' }).createTranscription(
    path,
    {},
    { resumable: false, onUpload: () => (peak = Math.max(peak, process.memoryUsage.rss())) },
  );
  const growthMegabytes = (peak - before) / 1e6;
  console.log(`upload of 200 MB: memory grew by ${growthMegabytes.toFixed(0)} MB`);
  expect(growthMegabytes).toBeLessThan(100);
});

test('a refusal that comes before the end of the upload is told, not the broken pipe', async () => {
  const answer = JSON.stringify({
    errors: [{ message: 'This key is unknown.', extensions: { code: 'UNAUTHORIZED' } }],
  });
  const url = await listen(async (_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.write(answer);
    // Closing with unread bytes is a reset, which may overtake the answer: no client could tell it then.
    setTimeout(() => response.end(), 500);
  });
  const upload = createClient({ url, apiKey: 'k' }).createTranscription(await makeFile(50e6));
  await expect(upload).rejects.toMatchObject({ code: 'not-allowed', message: 'This key is unknown.' });
});

test('a server that is not there is told with its address', async () => {
  const client = createClient({ url: 'http://127.0.0.1:9', apiKey: 'k' });
  await expect(client.viewer()).rejects.toMatchObject({
    code: 'server-unreachable',
    message: expect.stringContaining('127.0.0.1:9') as string,
  });
});

test('a broken stream is taken up behind the last event: nothing twice, nothing missing', async () => {
  const askedAfter: (number | null)[] = [];
  const url = await listen(async (request, response) => {
    const { variables } = JSON.parse(await readText(request)) as { variables: { after: number | null } };
    askedAfter.push(variables.after);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (event: object): boolean =>
      response.write(`event: next\ndata: ${JSON.stringify({ data: { event } })}\n\n`);
    const progress = (seq: number): boolean =>
      send({ __typename: 'ProgressMade', seq, progress: { fraction: seq / 10 } });
    if (variables.after === null) {
      send({ __typename: 'TranscriptionSnapshot', seq: 3, transcription: { state: 'TRANSCRIBING' }, segments: [] });
      progress(4);
      setTimeout(() => response.destroy(), 50);
    } else if (variables.after === 4) {
      progress(4);
      progress(5);
      // An orderly end without a terminal state, as from a server that restarts.
      response.end('event: complete\n\n');
    } else {
      send({ __typename: 'StateChanged', seq: 6, state: 'COMPLETED', transcription: {} });
      response.end('event: complete\n\n');
    }
  });
  const events: TranscriptionEvent[] = [];
  for await (const event of createClient({ url, apiKey: 'k' }).subscribe('one')) events.push(event);
  expect(events.map(({ type, seq }) => `${type} ${String(seq)}`)).toEqual([
    'snapshot 3',
    'progress-made 4',
    'progress-made 5',
    'state-changed 6',
  ]);
  expect(askedAfter).toEqual([null, 4, 5]);
});

test('aborting ends following at once', async () => {
  const url = await listen(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
  });
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort();
  }, 50);
  const following = createClient({ url, apiKey: 'k' }).subscribe('one', { signal: abort.signal });
  await expect(following.next()).rejects.toMatchObject({ code: 'aborted' });
});
