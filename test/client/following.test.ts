import { type Client, ClientError, createClient, type TranscriptionEvent } from '@voice-transcriber/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../api/cutting-proxy.js';
import { wavFile } from '../api/requests.js';
import { type ClientStack, startClientStack } from './client-stack.js';

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

const recording = (seconds: number, marker: number): Blob => new Blob([new Uint8Array(wavFile(seconds, marker))]);
const TRANSPORTS = ['events', 'websocket'] as const;

test.each(TRANSPORTS)(
  'over %s a stream that breaks after every event misses nothing and tells nothing twice',
  async (transport) => {
    const { transcription } = await client.createTranscription(recording(40, transport.length), {
      prompt: 'fake:slow@speed=20',
    });
    const events: TranscriptionEvent[] = [];
    for await (const event of client.subscribe(transcription.id, { transport })) {
      events.push(event);
      proxy.cutAll();
    }
    expect(events[0]?.type).toBe('snapshot');
    expect(events.length).toBeGreaterThan(4);
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other));
    const heard = events.flatMap((event) => ('segments' in event ? event.segments : [])).map(({ text }) => text);
    const whole = await client.transcription(transcription.id);
    expect(heard.sort().join(' ').split(' ').sort()).toEqual((whole?.text ?? '').split(' ').sort());
    expect(events.at(-1)).toMatchObject({ type: 'state-changed', state: 'COMPLETED' });
  },
);

test.each(TRANSPORTS)(
  'over %s following resumes behind a number, aborts at once, and tells refusals',
  async (transport) => {
    const { id } = await client.transcribe(recording(2, 10 + transport.length));
    const all: TranscriptionEvent[] = [];
    for await (const event of client.subscribe(id, { transport, after: 1 })) all.push(event);
    expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: all.length }, (_, index) => index + 2));

    const waiting = await client.createTranscription(recording(60, 20 + transport.length), {
      prompt: 'fake:slow@speed=0.01',
    });
    const abort = new AbortController();
    const stream = client.subscribe(waiting.transcription.id, { transport, signal: abort.signal });
    await stream.next();
    const next = (async () => {
      for await (const event of stream) void event;
    })();
    abort.abort();
    await expect(next).rejects.toMatchObject({ code: 'aborted' });
    await client.cancel(waiting.transcription.id);

    await expect(client.subscribe('VHJhbnNjcmlwdGlvbjp4', { transport }).next()).rejects.toMatchObject({
      code: 'not-found',
    });
    const stranger = createClient({ url: proxy.url, apiKey: 'vt_wrong' });
    await expect(stranger.subscribe(id, { transport }).next()).rejects.toMatchObject({ code: 'not-allowed' });
  },
);

test('waiting gives the finished transcription, its progress, and names each way in which there is none', async () => {
  const { transcription } = await client.createTranscription(recording(12, 30), { prompt: 'fake:slow@speed=20' });
  const fractions: number[] = [];
  const finished = await client.waitFor(transcription.id, { onProgress: ({ fraction }) => fractions.push(fraction) });
  expect(finished).toMatchObject({ state: 'COMPLETED', text: expect.stringContaining('t0') as string });
  expect(fractions.at(-1)).toBe(1);

  const slow = await client.createTranscription(recording(60, 31), { prompt: 'fake:slow@speed=0.01' });
  const { id } = slow.transcription;
  await expect(client.waitFor(id, { timeoutSeconds: 0.2 })).rejects.toMatchObject({ code: 'timed-out' });
  expect((await client.transcription(id))?.state).not.toBe('CANCELLED');
  // The end may be heard of before the answer to the cancel, so its reader is there first.
  const waiting = client.waitFor(id).catch((reason: unknown) => reason);
  await client.cancel(id);
  expect(await waiting).toMatchObject({ code: 'transcription-cancelled' });
  const failing = client.transcribe(recording(4, 32), { prompt: 'fake:error-never' });
  const error: unknown = await failing.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ClientError);
  expect(error).toMatchObject({ code: 'transcription-failed', action: expect.stringContaining('retry') as string });
});

test('an aborted transcribe is cancelled on the server too', async () => {
  const abort = new AbortController();
  let id = '';
  const transcribing = client.transcribe(
    recording(60, 40),
    { prompt: 'fake:slow@speed=0.01' },
    {
      signal: abort.signal,
      onCreated: (created) => {
        ({ id } = created);
        abort.abort();
      },
    },
  );
  await expect(transcribing).rejects.toMatchObject({ code: 'aborted' });
  expect((await client.transcription(id))?.state).toBe('CANCELLED');
});

test('segments come with words, lists page by page, and any other operation can be asked', async () => {
  const { id, media } = await client.transcribe(recording(9, 50), { wordTimes: true });
  const segments = [];
  for await (const segment of client.segments(id)) segments.push(segment);
  expect(segments.flatMap(({ words }) => words).length).toBeGreaterThanOrEqual(9);
  const again = await client.transcribe({ mediaId: media.id }, { idempotencyKey: 'again' });
  expect(again.id).not.toBe(id);
  expect(await client.transcribe({ mediaId: media.id }, { idempotencyKey: 'again' })).toMatchObject({ id: again.id });
  const first = await client.list({ first: 1, filter: { states: ['COMPLETED'] } });
  const second = await client.list({
    first: 1,
    filter: { states: ['COMPLETED'] },
    after: first.pageInfo.endCursor ?? '',
  });
  expect([first.nodes[0]?.id, second.nodes[0]?.id]).toEqual([again.id, id]);
  expect(await client.request('{ limits { defaultModel } }')).toEqual({ limits: { defaultModel: 'fake' } });
  expect(await client.export(id, 'words.vtt')).toMatch(/^WEBVTT/);
  await expect(client.export('nothing', 'srt')).rejects.toMatchObject({ code: 'not-found' });
  const abort = AbortSignal.abort();
  await expect(client.viewer({ signal: abort })).rejects.toMatchObject({ code: 'aborted' });
  await expect(client.models.list({ signal: abort })).rejects.toMatchObject({ code: 'aborted' });
});
