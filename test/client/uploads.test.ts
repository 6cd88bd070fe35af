import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Client, createClient, createFileResumeStore } from '@voice-transcriber/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../api/cutting-proxy.js';
import { wavFile } from '../api/requests.js';
import { type ClientStack, startClientStack } from './client-stack.js';

const PIECE_BYTES = 8 * 1024 * 1024;

let running: ClientStack;
let proxy: CuttingProxy;
let client: Client;
beforeAll(async () => {
  running = await startClientStack();
  proxy = await startCuttingProxy(running.stack.apiUrl);
  client = createClient({ url: proxy.url, apiKey: running.stack.apiKey });
});
afterAll(async () => {
  await proxy.close();
  await running.stop();
});

async function makeFile(name: string, bytes: Buffer): Promise<string> {
  const path = join(running.directory, name);
  await writeFile(path, bytes);
  return path;
}

/** What the server has of an upload, as one would find out later. */
async function storedFile(uploadId: string): Promise<{ filename: string; sha256: string }> {
  const { transcription } = await client.createTranscription({ uploadId });
  const { node } = await client.request<{ node: { filename: string; sha256: string } }>(
    'query ($id: ID!) { node(id: $id) { ... on Media { filename sha256 } } }',
    { id: transcription.media.id },
  );
  await client.delete(transcription.id);
  return node;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

test('an upload that is cut twenty times arrives byte for byte, and its progress reaches the end', async () => {
  const bytes = wavFile(900, 1);
  const path = await makeFile('cut.wav', bytes);
  proxy.state.cutsLeft = 24;
  const progress: [number, number | undefined][] = [];
  const { id, resumed } = await client.upload(path, { onUpload: (sent, total) => progress.push([sent, total]) });
  expect(proxy.state.cutsMade).toBeGreaterThanOrEqual(20);
  proxy.state.cutsLeft = 0;
  expect(resumed).toBe(false);
  expect(progress.at(-1)).toEqual([bytes.length, bytes.length]);
  expect(await storedFile(id)).toEqual({ filename: 'cut.wav', sha256: sha256(bytes) });
});

test.each([
  ['a Blob', (bytes: Buffer) => new Blob([new Uint8Array(bytes)])],
  ['a stream of Node', (bytes: Buffer) => Readable.from(pieces(bytes))],
  ['a web stream', (bytes: Buffer) => new Blob([new Uint8Array(bytes)]).stream()],
])('%s arrives whole although it is cut', async (_what, open) => {
  const bytes = wavFile(1100, 2);
  proxy.state.cutsLeft = 6;
  const { id } = await client.upload(open(bytes), { filename: 'named.wav' });
  proxy.state.cutsLeft = 0;
  expect(await storedFile(id)).toEqual({ filename: 'named.wav', sha256: sha256(bytes) });
});

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001);
}

test('another process goes on where a killed one stopped, and not when the file has changed since', async () => {
  const bytes = wavFile(1500, 3);
  const path = await makeFile('long.wav', bytes);
  const store = join(running.directory, 'resume');
  const program = fileURLToPath(new URL('upload-and-die.mjs', import.meta.url));
  const { apiKey } = running.stack;
  const die = async (): Promise<void> => {
    const child = spawn(process.execPath, [program, proxy.url, apiKey, path, store, String(PIECE_BYTES + 1)]);
    const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
    expect(signal).toBe('SIGKILL');
  };
  await die();
  const sent: number[] = [];
  const resumeStore = createFileResumeStore(store);
  const first = await client.upload(path, { resumeStore, onUpload: (bytesSent) => sent.push(bytesSent) });
  expect(first.resumed).toBe(true);
  expect(sent[0]).toBeGreaterThanOrEqual(PIECE_BYTES);
  // Complete, and not yet used: nothing is sent again.
  expect(await client.upload(path, { resumeStore })).toEqual(first);
  expect(await storedFile(first.id)).toMatchObject({ sha256: sha256(bytes) });

  await utimes(path, 1, 1);
  const changed = await client.upload(path, { resumeStore });
  expect(changed.resumed).toBe(false);
  expect(await readdir(store)).toHaveLength(2);
});

test('an aborted upload stays on the server and is gone on with', async () => {
  const path = await makeFile('aborted.wav', wavFile(1500, 4));
  const resumeStore = createFileResumeStore(join(running.directory, 'aborted'));
  const abort = new AbortController();
  const upload = client.upload(path, {
    resumeStore,
    signal: abort.signal,
    onUpload: (sentBytes) => void (sentBytes > PIECE_BYTES && abort.abort()),
  });
  await expect(upload).rejects.toMatchObject({ code: 'aborted' });
  expect(await client.upload(path, { resumeStore })).toMatchObject({ resumed: true });
  await expect(client.upload(path, { signal: abort.signal })).rejects.toMatchObject({ code: 'aborted' });
});

test('what the server refuses is told with its own code and what to do, and the key is in no error', async () => {
  const stranger = createClient({ url: proxy.url, apiKey: 'vt_wrong' });
  const refused: unknown = await stranger.upload(new Blob(['x'])).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'not-allowed', action: expect.stringContaining('API key') as string });
  expect(JSON.stringify(refused, Object.getOwnPropertyNames(refused))).not.toContain('vt_wrong');
  await expect(client.transcribe(new Blob(['no audio']), {}, { resumable: true })).rejects.toMatchObject({
    code: 'upload-refused',
    serverCode: 'file-not-audio',
  });
  await expect(client.upload(join(running.directory, 'missing.wav'))).rejects.toMatchObject({
    code: 'file-unreadable',
    message: expect.stringContaining('There is no file') as string,
  });
  const nobody = createClient({ url: 'http://127.0.0.1:9', apiKey: 'k' });
  await expect(nobody.upload(new Blob(['x']), { unreachableSecondsMax: 0.5 })).rejects.toMatchObject({
    code: 'server-unreachable',
    retry: 'later',
  });
});

test('a stream becomes a transcript in one call', async () => {
  const path = await makeFile('stream.wav', wavFile(3, 5));
  const { text, media } = await client.transcribe(createReadStream(path), {}, { filename: 'stream.wav' });
  expect(text).toContain('t0');
  expect(media.filename).toBe('stream.wav');
});
