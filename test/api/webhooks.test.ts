import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { openDatabase, type Database } from '@voice-transcriber/db';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query, upload, wavFile } from './requests.js';
import { globalId, seedTranscription } from './seed.js';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let stack: Stack;
let db: Database;
let receiver: Server;
let receiverUrl: string;
const received: Received[] = [];
/** By path: what the receiver answers, the last one for ever. */
const answers = new Map<string, number[]>();

beforeAll(async () => {
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      const path = request.url ?? '';
      received.push({ path, headers: request.headers, body });
      const statuses = answers.get(path) ?? [204];
      const status = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 204;
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiverUrl = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}`;
  stack = await startStack({ env: { WEBHOOKS_ALLOW_PRIVATE: 'True' } });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
});
afterAll(async () => {
  await db.close();
  await stack.stop();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const ALL = '[TRANSCRIPTION_COMPLETED, TRANSCRIPTION_PARTIAL, TRANSCRIPTION_FAILED, TRANSCRIPTION_CANCELLED]';

async function createWebhook(path: string, events = ALL): Promise<{ id: string; secret: string }> {
  const { json } = await query(
    stack,
    `mutation { createWebhook(input: { url: "${receiverUrl}${path}", events: ${events} }) {
      ... on CreateWebhookPayload { secret webhook { id active } } ... on Error { message }
    } }`,
  );
  const { secret, webhook } = json.data.createWebhook;
  return { id: webhook.id, secret };
}

interface Delivery {
  id: string;
  event: string;
  attempt: number;
  state: string;
  statusCode: number | null;
  error: string | null;
  nextAttemptAt: string | null;
}

async function deliveries(webhook: string): Promise<Delivery[]> {
  const { json } = await query(
    stack,
    `{ node(id: "${webhook}") { ... on Webhook { lastDelivery { id } deliveries(first: 50) {
      nodes { id event attempt state statusCode error nextAttemptAt } } } } }`,
  );
  expect(json.data.node.lastDelivery?.id).toBe(json.data.node.deliveries.nodes[0]?.id);
  return json.data.node.deliveries.nodes as Delivery[];
}

const at = (path: string): Received[] => received.filter((message) => message.path === path);

async function endOne(state: 'queued' | 'transcribing' = 'queued'): Promise<string> {
  const id = await seedTranscription(db);
  await db.sql`update transcriptions set state = ${state}, finished_at = null where id = ${id}`;
  await query(
    stack,
    `mutation { cancelTranscription(input: { id: "${globalId('Transcription', id)}" }) { __typename } }`,
  );
  return id;
}

test('who is told of a finished transcription can check that it was us, and read what happened', async () => {
  const { id, secret } = await createWebhook('/signed');
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const { json } = await upload(stack, { file: wavFile(1), filename: 'silence.wav' });
  const transcription = json.data.createTranscription.transcription.id;
  await expect.poll(() => at('/signed').length, { timeout: 60_000 }).toBe(1);
  const message = at('/signed')[0];
  const verified = new Webhook(secret).verify(message?.body ?? '', message?.headers as Record<string, string>);
  expect(verified).toMatchObject({
    type: 'transcription.completed',
    data: { id: transcription, state: 'completed', filename: 'silence.wav', error: null },
  });
  expect(() =>
    new Webhook(secret).verify(`${message?.body ?? ''} `, message?.headers as Record<string, string>),
  ).toThrow();
  await expect.poll(async () => (await deliveries(id))[0]?.state).toBe('DELIVERED');
  expect(await deliveries(id)).toMatchObject([
    { event: 'transcription.completed', attempt: 1, statusCode: 204, error: null, nextAttemptAt: null },
  ]);
});

test('only what a webhook asked for is sent to it, and nothing while it is switched off', async () => {
  const failures = await createWebhook('/failures', '[TRANSCRIPTION_FAILED]');
  const cancellations = await createWebhook('/cancellations', '[TRANSCRIPTION_CANCELLED]');
  await endOne();
  await expect.poll(() => at('/cancellations').length, { timeout: 20_000 }).toBe(1);
  expect(await deliveries(failures.id)).toEqual([]);
  await query(stack, `mutation { updateWebhook(input: { id: "${cancellations.id}", active: false }) { __typename } }`);
  await endOne();
  expect(await deliveries(cancellations.id)).toHaveLength(1);
});

test('the message is in the outbox if and only if the transcription has ended', async () => {
  const { id } = await createWebhook('/outbox', '[TRANSCRIPTION_CANCELLED]');
  await query(stack, `mutation { updateWebhook(input: { id: "${id}", active: false }) { __typename } }`);
  await db.sql`update webhooks set active = true where url = ${`${receiverUrl}/outbox`}`;
  // The entry of the audit log comes last in the transaction: without its table, everything before it is undone.
  await db.sql`alter table audit_entries rename to audit_entries_away`;
  const ended = await endOne();
  await db.sql`alter table audit_entries_away rename to audit_entries`;
  const [row] = await db.sql`select state::text from transcriptions where id = ${ended}`;
  // The worker may have found it in the meantime: whatever it is then, it is not cancelled.
  expect(row?.['state']).not.toBe('cancelled');
  expect(await deliveries(id)).toEqual([]);
});

test('a receiver that fails is tried again later under the same id, eight times at most', async () => {
  answers.set('/broken', [500, 302, 200]);
  const { id } = await createWebhook('/broken', '[TRANSCRIPTION_CANCELLED]');
  await endOne();
  await expect.poll(async () => (await deliveries(id))[0]?.statusCode, { timeout: 20_000 }).toBe(500);
  const [first] = await deliveries(id);
  expect(first).toMatchObject({ state: 'PENDING', attempt: 1, error: 'The receiver answered with 500.' });
  const waitSeconds = (Date.parse(first?.nextAttemptAt ?? '') - Date.now()) / 1000;
  expect(waitSeconds).toBeGreaterThan(0);
  expect(waitSeconds).toBeLessThan(6);

  const hurry = (): Promise<unknown> =>
    db.sql`update webhook_deliveries set next_attempt_at = now() where state = 'pending'`;
  await hurry();
  await expect.poll(async () => (await deliveries(id))[0]?.statusCode, { timeout: 20_000 }).toBe(302);
  await hurry();
  await expect.poll(async () => (await deliveries(id))[0]?.state, { timeout: 20_000 }).toBe('DELIVERED');
  expect(new Set(at('/broken').map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect([at('/broken').length, at('/elsewhere').length]).toEqual([3, 0]);

  answers.set('/dead', [503]);
  const dead = await createWebhook('/dead', '[TRANSCRIPTION_CANCELLED]');
  await endOne();
  await expect.poll(async () => (await deliveries(dead.id))[0]?.attempt, { timeout: 20_000 }).toBe(1);
  await expect.poll(async () => (await deliveries(dead.id))[0]?.statusCode, { timeout: 20_000 }).toBe(503);
  await db.sql`update webhook_deliveries set attempts = 7, next_attempt_at = now() where state = 'pending'`;
  await expect.poll(async () => (await deliveries(dead.id))[0]?.state, { timeout: 20_000 }).toBe('FAILED');
  expect((await deliveries(dead.id))[0]).toMatchObject({ attempt: 8, nextAttemptAt: null });

  answers.set('/dead', [200]);
  const failed = (await deliveries(dead.id))[0]?.id ?? '';
  await query(stack, `mutation { redeliver(input: { id: "${failed}" }) { __typename } }`);
  await expect.poll(async () => (await deliveries(dead.id))[0]?.state, { timeout: 20_000 }).toBe('DELIVERED');
});

test('a test message arrives, a deleted webhook is gone with its deliveries, the secret is shown once', async () => {
  const { id, secret } = await createWebhook('/test');
  const sent = await query(
    stack,
    `mutation { testWebhook(input: { id: "${id}" }) { ... on WebhookDeliveryPayload { delivery { id event state } } } }`,
  );
  expect(sent.json.data.testWebhook.delivery).toMatchObject({ event: 'test', state: 'PENDING' });
  await expect.poll(() => at('/test').length, { timeout: 20_000 }).toBe(1);
  const everything = await query(
    stack,
    '{ webhooks { id url events lastDelivery { state } } auditLog { nodes { details { value } } } }',
  );
  expect(everything.body).not.toContain(secret);
  await query(stack, `mutation { deleteWebhook(input: { id: "${id}" }) { __typename } }`);
  const { json } = await query(stack, `{ node(id: "${id}") { id } }`);
  expect(json.data.node).toBeNull();
});

test('without permission, private addresses are refused when they are named and when a message is sent', async () => {
  const strict = await stack.startApi({ WEBHOOKS_ALLOW_PRIVATE: 'False' });
  const api = { apiUrl: strict.ready.url, apiKey: stack.apiKey };
  for (const url of [
    'http://127.0.0.1:1/',
    'http://[::ffff:10.0.0.1]/',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
  ]) {
    const { json } = await query(
      api,
      `mutation { createWebhook(input: { url: "${url}", events: ${ALL} }) { __typename ... on InvalidInputError { field message } } }`,
    );
    expect(json.data.createWebhook).toMatchObject({ __typename: 'InvalidInputError', field: 'url' });
  }
  await strict.stop();
});
