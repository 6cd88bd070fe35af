import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import OpenAI, { toFile } from 'openai';
import { openDatabase, type Database } from '@voice-transcriber/db';
import { REPOSITORY_DIRECTORY, startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wavFile } from './requests.js';

const run = promisify(execFile);
const JFK = path.join(REPOSITORY_DIRECTORY, 'test/fixtures/audio/jfk.flac');
const GERMAN = path.join(REPOSITORY_DIRECTORY, 'test/fixtures/audio/fleurs-de-004.ogg');
const SAID = /ask not what your country can do for you/i;

let stack: Stack;
let db: Database;
let client: OpenAI;

beforeAll(async () => {
  stack = await startStack();
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
  client = new OpenAI({ baseURL: `${stack.apiUrl}/v1`, apiKey: stack.apiKey, maxRetries: 0 });
});
afterAll(async () => {
  await db.close();
  await stack.stop();
});

const transcriptionCount = async (): Promise<number> => {
  const [row] = await db.sql<{ count: number }[]>`select count(*)::int as count from transcriptions`;
  return row?.count ?? 0;
};

test('the openai client gets the text, and segments and words with times', { timeout: 120_000 }, async () => {
  const plain = await client.audio.transcriptions.create({ file: createReadStream(JFK), model: 'whisper-1' });
  expect(plain.text).toMatch(SAID);
  const verbose = await client.audio.transcriptions.create({
    file: createReadStream(JFK),
    model: 'whisper-1',
    response_format: 'verbose_json',
    timestamp_granularities: ['word', 'segment'],
  });
  expect(verbose).toMatchObject({ language: 'english', task: 'transcribe' });
  expect(verbose.duration).toBeCloseTo(11, 0);
  expect(verbose.segments?.map(({ text }) => text).join(' ')).toMatch(SAID);
  expect(verbose.words?.length).toBeGreaterThan(20);
  for (const { start, end } of verbose.words ?? []) expect(end).toBeGreaterThan(start);
});

test.each([
  ['text', SAID],
  ['srt', /^1\n00:00:0\d,\d{3} --> /],
  ['vtt', /^WEBVTT/],
] as const)('the openai client gets %s as it is', { timeout: 120_000 }, async (format, expected) => {
  const answer: unknown = await client.audio.transcriptions.create({
    file: createReadStream(JFK),
    model: 'whisper-1',
    response_format: format,
  });
  expect(answer).toMatch(expected);
});

test('the openai client streams the text piece by piece', { timeout: 120_000 }, async () => {
  const stream = await client.audio.transcriptions.create({
    file: createReadStream(JFK),
    model: 'base-q8_0',
    stream: true,
  });
  let text = '';
  let done: string | undefined;
  for await (const event of stream) {
    if (event.type === 'transcript.text.delta') text += event.delta;
    if (event.type === 'transcript.text.done') done = event.text;
  }
  expect(done).toMatch(SAID);
  expect(text).toBe(done);
});

test('the openai client translates', { timeout: 120_000 }, async () => {
  // The library's own type leaves the segments of this format out.
  const translation = (await client.audio.translations.create({
    file: createReadStream(GERMAN),
    model: 'whisper-1',
    response_format: 'verbose_json',
  })) as OpenAI.Audio.TranslationVerbose;
  const { text, segments = [] } = translation;
  expect(segments.map((segment) => segment.text).join(' ')).toBe(text);
  const german = await client.audio.transcriptions.create({
    file: createReadStream(GERMAN),
    model: 'whisper-1',
    language: 'de',
  });
  expect(text).toMatch(/\b(the|and|of|is|was)\b/);
  expect(german.text).toMatch(/\b(der|die|das|und|ist|war)\b/);
});

test.each([
  ['text', SAID],
  ['srt', /^1\n00:00:0\d,\d{3} --> /],
  ['vtt', /^WEBVTT/],
] as const)('curl with the file before its fields gets %s', { timeout: 120_000 }, async (format, expected) => {
  const { stdout } = await run('curl', [
    ...['-sS', '--max-time', '100', `${stack.apiUrl}/v1/audio/transcriptions`],
    ...['-H', `Authorization: Bearer ${stack.apiKey}`],
    ...['-F', `file=@${JFK}`, '-F', 'model=whisper-1', '-F', `response_format=${format}`],
  ]);
  expect(stdout).toMatch(expected);
  expect(stdout).toMatch(/your country/i);
});

test('the installed models are listed and found', async () => {
  const names = (await client.models.list()).data.map(({ id }) => id);
  expect(names).toContain('base-q8_0');
  expect((await client.models.retrieve('base-q8_0')).id).toBe('base-q8_0');
  await expect(client.models.retrieve('nothing')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
});

test('wrong input has the envelope and the field that clients look for, and leaves nothing behind', async () => {
  const before = await transcriptionCount();
  const file = await toFile(wavFile(1), 'a.wav');
  const create = (options: object) => client.audio.transcriptions.create({ file, model: 'whisper-1', ...options });
  await expect(create({ model: 'no-such-model' })).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
    param: 'model',
  });
  await expect(create({ language: 'klingon' })).rejects.toMatchObject({ status: 400, param: 'language' });
  await expect(create({ response_format: 'docx' })).rejects.toMatchObject({ status: 400, param: 'response_format' });
  await expect(create({ timestamp_granularities: ['word'] })).rejects.toMatchObject({
    param: 'timestamp_granularities',
  });
  const text = await toFile(await readFile(path.join(REPOSITORY_DIRECTORY, 'README.md')), 'readme.mp3');
  await expect(create({ file: text })).rejects.toMatchObject({ status: 400, code: 'file-not-audio', param: 'file' });
  const stranger = new OpenAI({ baseURL: `${stack.apiUrl}/v1`, apiKey: 'vt_wrong', maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  expect(await transcriptionCount()).toBe(before);
});

test('silence is a success without text', { timeout: 120_000 }, async () => {
  const { text } = await client.audio.transcriptions.create({
    file: await toFile(wavFile(5), 'silence.wav'),
    model: 'whisper-1',
  });
  expect(text).toBe('');
});

test('a client that goes away cancels its work', { timeout: 60_000 }, async () => {
  const before = await transcriptionCount();
  await db.sql`insert into settings (key, value) values ('queue', '{"paused": true}') on conflict (key) do update set value = excluded.value`;
  try {
    const abort = new AbortController();
    const request = client.audio.transcriptions.create(
      { file: createReadStream(JFK), model: 'whisper-1' },
      { signal: abort.signal },
    );
    const outcome = expect(request).rejects.toThrow();
    await waitFor(async () => (await transcriptionCount()) === before + 1, { timeoutMilliseconds: 10_000 });
    abort.abort();
    await outcome;
    await waitFor(
      async () => {
        const [newest] = await db.sql<
          { state: string }[]
        >`select state from transcriptions order by created_at desc limit 1`;
        return newest?.state === 'cancelled';
      },
      { timeoutMilliseconds: 10_000, what: 'the cancelled state' },
    );
  } finally {
    await db.sql`delete from settings where key = 'queue'`;
  }
});

test('a client that leaves its stream in the middle cancels its work', { timeout: 60_000 }, async () => {
  await db.sql`insert into settings (key, value) values ('queue', '{"paused": true}') on conflict (key) do update set value = excluded.value`;
  try {
    const { response, data: stream } = await client.audio.transcriptions
      .create({ file: createReadStream(JFK), model: 'whisper-1', stream: true })
      .withResponse();
    const id = response.headers.get('x-transcription-id') ?? '';
    stream.controller.abort();
    await waitFor(
      async () => {
        const [row] = await db.sql<{ state: string }[]>`select state from transcriptions where id = ${id}`;
        return row?.state === 'cancelled';
      },
      { timeoutMilliseconds: 10_000, what: 'the cancelled state' },
    );
  } finally {
    await db.sql`delete from settings where key = 'queue'`;
  }
});
