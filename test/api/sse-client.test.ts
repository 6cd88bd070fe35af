import { createClient, type Client } from 'graphql-sse';
import { openDatabase, type Database } from '@voice-transcriber/db';
import { startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { raiseWarning, submitSilence } from './live-transcription.js';
import { query } from './requests.js';

let stack: Stack;
let db: Database;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 4 });
});
afterAll(async () => {
  await db.close();
  await stack.stop();
});

const FOLLOW = `subscription ($id: ID!, $after: Int) {
  transcriptionEvents(id: $id, after: $after) {
    __typename
    ... on TranscriptionSnapshot { seq transcription { id state } }
    ... on WarningRaised { seq warning { code } }
    ... on StateChanged { seq state }
  }
}`;

interface Followed {
  transcriptionEvents: { __typename: string; seq: number; state?: string };
}

const connect = (apiKey = stack.apiKey): Client =>
  createClient({ url: `${stack.apiUrl}/graphql`, headers: { authorization: `Bearer ${apiKey}` }, retryAttempts: 0 });

test('a graphql-sse client gets a snapshot, the events behind it, and the end', async () => {
  const { id, rowId } = await submitSilence(stack, 81);
  const client = connect();
  const events: Followed['transcriptionEvents'][] = [];
  const following = (async () => {
    for await (const { data } of client.iterate<Followed>({ query: FOLLOW, variables: { id } })) {
      if (data) events.push(data.transcriptionEvents);
    }
  })();
  await waitFor(() => events.length === 1, { timeoutMilliseconds: 5000 });
  await raiseWarning(db, rowId, 'one');
  await query(stack, 'mutation ($id: ID!) { cancelTranscription(input: { id: $id }) { __typename } }', { id });
  await following;
  expect(events).toMatchObject([
    { __typename: 'TranscriptionSnapshot', seq: 1 },
    { __typename: 'WarningRaised', seq: 2 },
    { __typename: 'StateChanged', seq: 3, state: 'CANCELLED' },
  ]);
});

test('a graphql-sse client that reconnects 100 times behind its last event has no gap and nothing twice', async () => {
  const { id, rowId } = await submitSilence(stack, 82);
  const seen: number[] = [];
  for (let round = 0; round < 100; round += 1) {
    const client = connect();
    await raiseWarning(db, rowId, `warning-${round}`);
    for await (const { data } of client.iterate<Followed>({
      query: FOLLOW,
      variables: { id, after: seen.at(-1) ?? 1 },
    })) {
      if (data) seen.push(data.transcriptionEvents.seq);
      break;
    }
    client.dispose();
  }
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index + 2));
});

test('a graphql-sse client runs queries too, and is told refusals', async () => {
  const first = async (client: Client, document: string): Promise<unknown> => {
    for await (const result of client.iterate({ query: document })) return result;
    return undefined;
  };
  expect(await first(connect(), '{ viewer { scope } }')).toEqual({ data: { viewer: { scope: 'ADMIN' } } });
  await expect(first(connect('vt_wrong'), '{ viewer { scope } }')).rejects.toMatchObject({
    response: { status: 401 },
  });
});
