import { createClient, type Client } from 'graphql-ws';
import { openDatabase, type Database } from '@voice-transcriber/db';
import { startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { raiseWarning, submitSilence } from './live-transcription.js';
import { query, send } from './requests.js';

let stack: Stack;
let db: Database;
const clients: Client[] = [];

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 4 });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
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

const socketUrl = (): string => `${stack.apiUrl.replace('http', 'ws')}/graphql`;

function connect(authorization: string | undefined = `Bearer ${stack.apiKey}`, retryAttempts = 0): Client {
  const client = createClient({
    url: socketUrl(),
    webSocketImpl: WebSocket,
    retryAttempts,
    connectionParams: authorization === undefined ? {} : { authorization },
  });
  clients.push(client);
  return client;
}

interface Followed {
  readonly events: Record<string, unknown>[];
  end: 'completed' | { error: unknown } | undefined;
  stop(): void;
}

function follow(client: Client, variables: Record<string, unknown>, document = FOLLOW): Followed {
  const followed: Followed = { events: [], end: undefined, stop: () => undefined };
  followed.stop = client.subscribe(
    { query: document, variables },
    {
      next: ({ data, errors }) => {
        if (errors) followed.end = { error: errors };
        followed.events.push(...(Object.values(data ?? {}) as Record<string, unknown>[]));
      },
      error: (error) => (followed.end = { error }),
      complete: () => (followed.end ??= 'completed'),
    },
  );
  return followed;
}

const seqs = ({ events }: Followed): unknown[] => events.map(({ seq }) => seq);

test('a subscription over WebSocket begins with a snapshot, resumes behind a number, and completes', async () => {
  const { id, rowId } = await submitSilence(stack, 31);
  const first = follow(connect(), { id });
  await waitFor(() => first.events.length === 1, { timeoutMilliseconds: 5000 });
  await raiseWarning(db, rowId, 'one');
  await waitFor(() => first.events.length === 2, { timeoutMilliseconds: 5000 });
  first.stop();
  await raiseWarning(db, rowId, 'two');
  const second = follow(connect(), { id, after: 2 });
  await waitFor(() => second.events.length === 1, { timeoutMilliseconds: 5000 });
  await query(stack, 'mutation ($id: ID!) { cancelTranscription(input: { id: $id }) { __typename } }', { id });
  await waitFor(() => second.end !== undefined, { timeoutMilliseconds: 5000, what: 'the end of the subscription' });
  expect(seqs(first)).toEqual([1, 2]);
  expect(seqs(second)).toEqual([3, 4]);
  expect(second.events.at(-1)).toMatchObject({ __typename: 'StateChanged', state: 'CANCELLED' });
  expect(second.end).toBe('completed');
});

test('no event is lost or doubled over 100 broken connections', { timeout: 60_000 }, async () => {
  const { id, rowId } = await submitSilence(stack, 32);
  const seen: number[] = [];
  let after: number | undefined;
  for (let round = 0; round < 100; round += 1) {
    const client = connect();
    const stream = follow(client, after === undefined ? { id } : { id, after });
    await raiseWarning(db, rowId, `warning-${round}`);
    await waitFor(() => stream.events.length > 0, { timeoutMilliseconds: 5000 });
    // As a network would: no close message.
    client.terminate();
    const received = seqs(stream) as number[];
    seen.push(...received);
    after = received.at(-1);
  }
  const last = follow(connect(), { id, after });
  await raiseWarning(db, rowId, 'last');
  await waitFor(() => seqs(last).includes(102), { timeoutMilliseconds: 5000 });
  seen.push(...(seqs(last) as number[]));
  // The first snapshot stands for everything up to its number.
  const [start = 0] = seen;
  expect(seen).toEqual(Array.from({ length: 102 - start + 1 }, (_, index) => start + index));
});

test('queries and mutations work on the same connection, and their errors have codes', async () => {
  const client = connect();
  const viewer = follow(client, {}, '{ viewer { name scope } }');
  const wrong = follow(client, {}, '{ noSuchField }');
  const unknown = follow(client, { id: 'nonsense' }, 'query ($id: ID!) { transcription(id: $id) { id } }');
  await waitFor(() => [viewer, wrong, unknown].every(({ end }) => end !== undefined), { timeoutMilliseconds: 5000 });
  expect(viewer.events).toMatchObject([{ scope: 'ADMIN' }]);
  expect(wrong.end).toMatchObject({ error: [{ extensions: { code: 'document-invalid' } }] });
});

test('a document over the limits is refused on a socket as well', async () => {
  const fields = Array.from({ length: 20 }, (_, index) => `a${index}: viewer { name }`).join(' ');
  const refused = follow(connect(), {}, `{ ${fields} }`);
  await waitFor(() => refused.end !== undefined, { timeoutMilliseconds: 5000 });
  expect(refused.end).toMatchObject({ error: [{ extensions: { code: 'limit-exceeded' } }] });
});

test.each([
  ['no key', undefined],
  ['a wrong key', 'Bearer vt_wrong'],
])('%s opens nothing', async (_name, authorization) => {
  const refused = follow(connect(authorization ?? ''), {}, '{ viewer { name } }');
  await waitFor(() => refused.end !== undefined, { timeoutMilliseconds: 5000 });
  expect(refused.events).toEqual([]);
  expect(refused.end).toMatchObject({ error: { code: 4403 } });
});

/** Status of a handshake that a page of this origin makes with the console's cookie. */
async function handshake(origin: string, cookie: string): Promise<number | 'opened'> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(socketUrl(), 'graphql-transport-ws', { headers: { origin, cookie } });
    const timer = setTimeout(() => reject(new Error('The handshake got no answer.')), 5000);
    const settle = (outcome: number | 'opened'): void => {
      clearTimeout(timer);
      socket.terminate();
      resolve(outcome);
    };
    socket.on('open', () => settle('opened'));
    socket.on('unexpected-response', (_request, response) => settle(response.statusCode ?? 0));
    socket.on('error', () => undefined);
  });
}

test("a foreign page cannot open a socket with the console's session, the console can", async () => {
  const signedIn = await send({
    url: `${stack.apiUrl}/auth/sign-in`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiKey: stack.apiKey }),
  });
  const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
  expect(cookie).toContain('vt_session=');
  expect(await handshake('https://elsewhere.example', cookie)).toBe(403);
  expect(await handshake(stack.apiUrl, cookie)).toBe('opened');
});
