import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { openDatabase, type Database } from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { query, responseOf, send, upload, wavFile, type GraphqlResponse } from './requests.js';

let stack: Stack;
let db: Database;
const open: ClientRequest[] = [];

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 4 });
});
afterEach(() => {
  for (const request of open.splice(0)) request.destroy();
});
afterAll(async () => {
  await db.close();
  await stack.stop();
});

interface Stream {
  response: IncomingMessage;
  /** Data of the messages so far. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  events: any[];
  errors: GraphqlResponse['errors'];
  completed: boolean;
  pings: number;
}

async function subscribe(
  document: string,
  variables: Record<string, unknown> = {},
  { read = true, apiUrl = stack.apiUrl }: { read?: boolean; apiUrl?: string } = {},
): Promise<Stream> {
  const request = httpRequest(`${apiUrl}/graphql`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${stack.apiKey}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
  });
  open.push(request);
  request.end(JSON.stringify({ query: document, variables }));
  const response = await responseOf(request);
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  const stream: Stream = { response, events: [], errors: undefined, completed: false, pings: 0 };
  if (read) readInto(stream);
  return stream;
}

function readInto(stream: Stream): void {
  let pending = '';
  stream.response.setEncoding('utf8').on('data', (text: string) => {
    const messages = (pending + text).split('\n\n');
    pending = messages.pop() ?? '';
    for (const message of messages) {
      if (message.startsWith(':')) stream.pings += 1;
      if (message.startsWith('event: complete')) stream.completed = true;
      if (!message.startsWith('event: next')) continue;
      const result = JSON.parse(message.slice(message.indexOf('data: ') + 6)) as GraphqlResponse;
      stream.errors ??= result.errors;
      stream.events.push(...Object.values((result.data ?? {}) as object));
    }
  });
}

const FOLLOW = `subscription ($id: ID!, $after: Int) {
  transcriptionEvents(id: $id, after: $after) {
    __typename
    ... on TranscriptionSnapshot { seq transcription { id state media { filename } } segments { text } }
    ... on ProgressMade { seq progress { fraction } }
    ... on SegmentsAppended { seq segments { text } progress { fraction } }
    ... on StateChanged { seq state transcription { state } }
    ... on WarningRaised { seq warning { code } }
  }
}`;

async function createTranscription(marker: number): Promise<{ id: string; rowId: string }> {
  const { json } = await upload(stack, { file: wavFile(1, marker) });
  const { id } = json.data.createTranscription.transcription;
  return { id, rowId: Buffer.from(id, 'base64url').toString().replace('Transcription:', '') };
}

const progress = (fraction: number) => ({
  committedSeconds: fraction,
  plannedSeconds: 1,
  chunksDone: 0,
  chunksTotal: 1,
  fraction,
});

async function warn(rowId: string, code: string): Promise<void> {
  await db.orm.transaction((transaction) =>
    appendEvent(transaction, {
      transcriptionId: rowId,
      type: 'warning-raised',
      payload: { warning: { code, message: code } },
    }),
  );
}

const cancel = (id: string) =>
  query(stack, 'mutation ($id: ID!) { cancelTranscription(input: { id: $id }) { __typename } }', { id });

test('a stream begins with a snapshot, goes on with events, and completes after the terminal state', async () => {
  const { id, rowId } = await createTranscription(1);
  const stream = await subscribe(FOLLOW, { id });
  await waitFor(() => stream.events.length === 1, { timeoutMilliseconds: 5000 });
  expect(stream.events[0]).toMatchObject({
    __typename: 'TranscriptionSnapshot',
    seq: 1,
    transcription: { state: 'QUEUED', media: { filename: 'recording.wav' } },
  });

  await db.sql`insert into segments (transcription_id, window_index, index, start_seconds, end_seconds, text, confidence)
    values (${rowId}, 0, 0, 0, 1, 'Hello.', 1)`;
  await db.orm.transaction((transaction) =>
    appendEvent(transaction, {
      transcriptionId: rowId,
      type: 'segments-appended',
      payload: { windowIndexes: [0], segmentCount: 1, progress: progress(1) },
    }),
  );
  await cancel(id);
  await waitFor(() => stream.completed, { timeoutMilliseconds: 5000, what: 'the end of the stream' });
  expect(stream.events.slice(1)).toMatchObject([
    { __typename: 'SegmentsAppended', seq: 2, segments: [{ text: 'Hello.' }] },
    { __typename: 'StateChanged', seq: 3, state: 'CANCELLED', transcription: { state: 'CANCELLED' } },
  ]);
});

test('whoever resumes behind a number gets every later event once, over any number of reconnects', async () => {
  const { id, rowId } = await createTranscription(2);
  const seen: number[] = [];
  let after = 1;
  for (let round = 0; round < 20; round += 1) {
    await Promise.all([warn(rowId, `a${round}`), warn(rowId, `b${round}`), warn(rowId, `c${round}`)]);
    const stream = await subscribe(FOLLOW, { id, after });
    const wanted = 1 + (round % 3);
    await waitFor(() => stream.events.length >= wanted, { timeoutMilliseconds: 5000 });
    open.pop()?.destroy();
    // As if the connection had broken after these.
    const taken = stream.events.slice(0, wanted).map(({ seq }) => seq as number);
    seen.push(...taken);
    after = taken.at(-1) ?? after;
  }
  const rest = await subscribe(FOLLOW, { id, after });
  await cancel(id);
  await waitFor(() => rest.completed, { timeoutMilliseconds: 5000 });
  seen.push(...rest.events.map(({ seq }) => seq as number));
  expect(seen).toEqual(Array.from({ length: 61 }, (_, index) => index + 2));
});

test('progress comes at most four times a second, and the last of it always comes', async () => {
  const { id, rowId } = await createTranscription(3);
  const stream = await subscribe(FOLLOW, { id, after: 1 });
  const startedAt = performance.now();
  for (let step = 1; step <= 100; step += 1) {
    await db.orm.transaction((transaction) =>
      appendEvent(transaction, {
        transcriptionId: rowId,
        type: 'progress-made',
        payload: { progress: progress(step / 100) },
      }),
    );
  }
  await waitFor(() => stream.events.at(-1)?.progress.fraction === 1, { timeoutMilliseconds: 5000 });
  const seconds = (performance.now() - startedAt) / 1000;
  expect(stream.events.length).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1);
});

test('a number whose events were cleaned up is answered with a snapshot instead of a gap', async () => {
  const { id, rowId } = await createTranscription(4);
  for (const code of ['a', 'b', 'c']) await warn(rowId, code);
  await db.sql`delete from events where transcription_id = ${rowId} and seq < 4`;
  const stream = await subscribe(FOLLOW, { id, after: 1 });
  await waitFor(() => stream.events.length === 1, { timeoutMilliseconds: 5000 });
  expect(stream.events[0]).toMatchObject({ __typename: 'TranscriptionSnapshot', seq: 4 });
});

test.each([
  ['an unknown transcription', { id: 'VHJhbnNjcmlwdGlvbjp4' }, 'not-found'],
  ['a number from the future', { after: 99 }, 'input-invalid'],
])('%s is refused with a code', async (_what, variables, code) => {
  const { id } = await createTranscription(5);
  const stream = await subscribe(FOLLOW, { id, ...variables });
  await waitFor(() => stream.errors, { timeoutMilliseconds: 5000 });
  expect(stream.errors?.[0]?.extensions.code).toBe(code);
});

test('a subscriber that does not read 2,000 events holds up neither the server nor its neighbours', async () => {
  const { id, rowId } = await createTranscription(6);
  // Large messages fill the connection's buffers, so that the server really has to wait for this reader.
  const slow = await subscribe(FOLLOW, { id, after: 1 }, { read: false });
  const idle = await subscribe('subscription { consoleEvents { __typename } }', {}, { read: false });
  slow.response.pause();
  idle.response.pause();
  const fast = await subscribe(FOLLOW, { id, after: 1 });
  const code = 'x'.repeat(4000);
  for (let batch = 0; batch < 20; batch += 1) {
    await db.orm.transaction(async (transaction) => {
      for (let index = 0; index < 100; index += 1) {
        await appendEvent(transaction, {
          transcriptionId: rowId,
          type: 'warning-raised',
          payload: { warning: { code, message: '' } },
        });
      }
    });
  }
  await cancel(id);
  await waitFor(() => fast.completed, { timeoutMilliseconds: 60_000, what: 'the fast reader to finish' });
  expect(fast.events).toHaveLength(2001);
  expect(stack.api.process.exitCode).toBeNull();
  expect((await send({ url: `${stack.apiUrl}/livez` })).status).toBe(200);

  readInto(slow);
  slow.response.resume();
  await waitFor(() => slow.completed, { timeoutMilliseconds: 60_000, what: 'the slow reader to catch up' });
  expect(slow.events.map(({ seq }) => seq)).toEqual(fast.events.map(({ seq }) => seq));
});

const CONSOLE = `subscription { consoleEvents {
  __typename
  ... on ConsoleSnapshot { queue { waiting } workers { id } resources { cpuPercent } }
  ... on TranscriptionChanged { transcription { id state } }
  ... on TranscriptionDeleted { id }
  ... on QueueChanged { queue { waiting paused reason } }
  ... on ResourcesSampled { sample { cpuPercent host } }
} }`;

test('the console hears of jobs, deletions, the queue and the machine over one stream', async () => {
  const stream = await subscribe(CONSOLE);
  await waitFor(() => stream.events[0]?.__typename === 'ConsoleSnapshot', { timeoutMilliseconds: 5000 });
  const { id } = await createTranscription(7);
  const has = (expected: object) =>
    waitFor(() => stream.events.some((event) => matches(event, expected)), {
      timeoutMilliseconds: 5000,
      what: JSON.stringify(expected),
    });
  await has({ __typename: 'TranscriptionChanged', transcription: { id, state: 'QUEUED' } });
  await cancel(id);
  await has({ __typename: 'TranscriptionChanged', transcription: { id, state: 'CANCELLED' } });
  await query(stack, 'mutation ($id: ID!) { deleteTranscription(input: { id: $id }) { __typename } }', { id });
  await has({ __typename: 'TranscriptionDeleted', id });
  await query(stack, 'mutation { pauseQueue(input: { reason: "night" }) { queue { paused } } }');
  await has({ __typename: 'QueueChanged', queue: { paused: true, reason: 'night' } });
  await query(stack, 'mutation { resumeQueue { queue { paused } } }');
  await has({ __typename: 'QueueChanged', queue: { paused: false } });
  const sample = {
    cpuPercent: 12.5,
    cpuCores: 2,
    memoryBytesTotal: 1,
    memoryBytesAvailable: 1,
    memoryPercent: 0,
    diskBytesTotal: 1,
    diskBytesFree: 1,
    diskPercent: 0,
  };
  await db.sql`insert into metric_samples (host, sample) values ('test-host', ${JSON.stringify(sample)}::jsonb)`;
  await has({ __typename: 'ResourcesSampled', sample: { cpuPercent: 12.5, host: 'test-host' } });
});

function matches(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  return Object.entries(expected).every(([key, value]) =>
    matches((actual as Record<string, unknown> | null | undefined)?.[key], value),
  );
}

test('a server that shuts down breaks streams off without completing them, within seconds', async () => {
  const api = await stack.startApi();
  const { id } = await createTranscription(8);
  const follower = await subscribe(FOLLOW, { id }, { apiUrl: api.ready.url });
  const console = await subscribe(CONSOLE, {}, { apiUrl: api.ready.url });
  await waitFor(() => follower.events.length > 0 && console.events.length > 0, { timeoutMilliseconds: 5000 });
  const startedAt = performance.now();
  expect(await api.stop()).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect([follower.completed, console.completed]).toEqual([false, false]);
});
