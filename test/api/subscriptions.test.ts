import { openDatabase, type Database } from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeStreams, readInto, subscribe } from './event-streams.js';
import { raiseWarning, submitSilence } from './live-transcription.js';
import { query, send } from './requests.js';

let stack: Stack;
let db: Database;

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 4 });
});
afterEach(closeStreams);
afterAll(async () => {
  await db.close();
  await stack.stop();
});

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

const progress = (fraction: number) => ({
  committedSeconds: fraction,
  plannedSeconds: 1,
  chunksDone: 0,
  chunksTotal: 1,
  fraction,
});

const cancel = (id: string) =>
  query(stack, 'mutation ($id: ID!) { cancelTranscription(input: { id: $id }) { __typename } }', { id });

test('a stream begins with a snapshot, goes on with events, and completes after the terminal state', async () => {
  const { id, rowId } = await submitSilence(stack, 1);
  const stream = await subscribe(stack, FOLLOW, { id });
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
  const { id, rowId } = await submitSilence(stack, 2);
  const seen: number[] = [];
  let after = 1;
  for (let round = 0; round < 20; round += 1) {
    await Promise.all([
      raiseWarning(db, rowId, `a${round}`),
      raiseWarning(db, rowId, `b${round}`),
      raiseWarning(db, rowId, `c${round}`),
    ]);
    const stream = await subscribe(stack, FOLLOW, { id, after });
    const wanted = 1 + (round % 3);
    await waitFor(() => stream.events.length >= wanted, { timeoutMilliseconds: 5000 });
    stream.breakOff();
    // As if the connection had broken after these.
    const taken = stream.events.slice(0, wanted).map(({ seq }) => seq as number);
    seen.push(...taken);
    after = taken.at(-1) ?? after;
  }
  const rest = await subscribe(stack, FOLLOW, { id, after });
  await cancel(id);
  await waitFor(() => rest.completed, { timeoutMilliseconds: 5000 });
  seen.push(...rest.events.map(({ seq }) => seq as number));
  expect(seen).toEqual(Array.from({ length: 61 }, (_, index) => index + 2));
});

test('progress comes at most four times a second, and the last of it always comes', async () => {
  const { id, rowId } = await submitSilence(stack, 3);
  const stream = await subscribe(stack, FOLLOW, { id, after: 1 });
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
  const { id, rowId } = await submitSilence(stack, 4);
  for (const code of ['a', 'b', 'c']) await raiseWarning(db, rowId, code);
  await db.sql`delete from events where transcription_id = ${rowId} and seq < 4`;
  const stream = await subscribe(stack, FOLLOW, { id, after: 1 });
  await waitFor(() => stream.events.length === 1, { timeoutMilliseconds: 5000 });
  expect(stream.events[0]).toMatchObject({ __typename: 'TranscriptionSnapshot', seq: 4 });
});

test.each([
  ['an unknown transcription', { id: 'VHJhbnNjcmlwdGlvbjp4' }, 'not-found'],
  ['a number from the future', { after: 99 }, 'input-invalid'],
])('%s is refused with a code', async (_what, variables, code) => {
  const { id } = await submitSilence(stack, 5);
  const stream = await subscribe(stack, FOLLOW, { id, ...variables });
  await waitFor(() => stream.errors, { timeoutMilliseconds: 5000 });
  expect(stream.errors?.[0]?.extensions.code).toBe(code);
});

test('a subscriber that does not read 2,000 events holds up neither the server nor its neighbours', async () => {
  const { id, rowId } = await submitSilence(stack, 6);
  // Large messages fill the connection's buffers, so that the server really has to wait for this reader.
  const slow = await subscribe(stack, FOLLOW, { id, after: 1 }, { read: false });
  const idle = await subscribe(stack, 'subscription { consoleEvents { __typename } }', {}, { read: false });
  slow.response.pause();
  idle.response.pause();
  const fast = await subscribe(stack, FOLLOW, { id, after: 1 });
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

test('a server that shuts down breaks streams off without completing them, within seconds', async () => {
  const api = await stack.startApi();
  const other = { apiUrl: api.ready.url, apiKey: stack.apiKey };
  const { id } = await submitSilence(stack, 8);
  const follower = await subscribe(other, FOLLOW, { id });
  const console = await subscribe(other, 'subscription { consoleEvents { __typename } }');
  await waitFor(() => follower.events.length > 0 && console.events.length > 0, { timeoutMilliseconds: 5000 });
  const startedAt = performance.now();
  expect(await api.stop()).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect([follower.completed, console.completed]).toEqual([false, false]);
});
