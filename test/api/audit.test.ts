import { openDatabase, type Database } from '@voice-transcriber/db';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDatabaseProxy } from './database-proxy.js';
import { query, upload, wavFile } from './requests.js';
import { globalId, seedTranscription } from './seed.js';

let stack: Stack;
let db: Database;

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
});
afterAll(async () => {
  await db.close();
  await stack.stop();
});

interface Entry {
  action: string;
  actor: string;
  target: string | null;
  requestId: string;
  details: { name: string; value: string }[];
}

async function log(first = 10): Promise<Entry[]> {
  const { json } = await query(
    stack,
    `{ auditLog(first: ${first}) { nodes { id at action actor target requestId details { name value } } } }`,
  );
  return json.data.auditLog.nodes as Entry[];
}

const cancel = (id: string): Promise<unknown> =>
  query(stack, `mutation { cancelTranscription(input: { id: "${globalId('Transcription', id)}" }) { __typename } }`);

async function waiting(): Promise<string> {
  const id = await seedTranscription(db);
  await db.sql`update transcriptions set state = 'queued', finished_at = null where id = ${id}`;
  return id;
}

test('what changed something is in the log with actor, target and details; what was refused is not', async () => {
  const id = await waiting();
  await cancel(id);
  await cancel(id);
  await cancel('00000000-0000-4000-8000-000000000000');
  await query(stack, 'mutation { pauseQueue(input: { reason: "maintenance" }) { __typename } }');
  const [paused, cancelled, ...older] = await log();
  expect(paused).toMatchObject({
    action: 'pauseQueue',
    target: null,
    details: [{ name: 'reason', value: 'maintenance' }],
  });
  expect(cancelled).toMatchObject({ action: 'cancelTranscription', target: globalId('Transcription', id) });
  expect(cancelled?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(older).toEqual([]);
});

test('an upload and a key are noted by what they became, without the secret', async () => {
  await upload(stack, { file: wavFile(1), input: { prompt: 'p'.repeat(500) } });
  const { json } = await query(
    stack,
    'mutation { createApiKey(input: { name: "backup", scope: READ }) { secret apiKey { id } } }',
  );
  const { secret, apiKey } = json.data.createApiKey;
  const entries = await log(2);
  expect(entries.map(({ action }) => action)).toEqual(['createApiKey', 'createTranscription']);
  expect(entries[0]?.target).toBe(apiKey.id);
  expect(JSON.stringify(entries)).not.toContain(secret);
  const details = Object.fromEntries(entries[1]?.details.map(({ name, value }) => [name, value]) ?? []);
  expect([details['file'], details['prompt']?.length]).toEqual(['(file)', 200]);
});

test('many are noted by batch, with what was changed', async () => {
  const id = await waiting();
  await query(
    stack,
    'mutation { cancelTranscriptions(input: { selection: { filter: { states: [QUEUED] } } }) { __typename } }',
  );
  const [entry] = await log(1);
  const details = Object.fromEntries(entry?.details.map(({ name, value }) => [name, value]) ?? []);
  expect(details['selection.filter.states']).toBe('queued');
  expect(details['changedIds']).toContain(globalId('Transcription', id));
});

test('where the entry cannot be written nothing is changed either', async () => {
  const id = await waiting();
  await db.sql`alter table audit_entries rename to audit_entries_away`;
  try {
    await cancel(id);
    const key = await query(stack, 'mutation { createApiKey(input: { name: "lost", scope: READ }) { secret } }');
    expect(key.json.errors?.[0]?.extensions.code).toBe('internal-error');
    const [row] = await db.sql`select (select state::text from transcriptions where id = ${id}) as state,
      (select count(*)::int from api_keys where name = 'lost') as keys`;
    expect(row).toEqual({ state: 'queued', keys: 0 });
  } finally {
    await db.sql`alter table audit_entries_away rename to audit_entries`;
  }
});

test('the log is paged newest first without a gap, for administrators only, with one statement a page', async () => {
  for (let index = 0; index < 12; index += 1) await query(stack, 'mutation { resumeQueue { __typename } }');
  const expected = (await log(100)).length;
  const seen: string[] = [];
  let after = '';
  for (;;) {
    const { json } = await query(
      stack,
      `{ auditLog(first: 5${after}) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
    );
    const { nodes, pageInfo } = json.data.auditLog;
    seen.push(...nodes.map(({ id }: { id: string }) => id));
    if (!pageInfo.hasNextPage) break;
    after = `, after: "${pageInfo.endCursor}"`;
  }
  expect([seen.length, new Set(seen).size]).toEqual([expected, expected]);

  const { json } = await query(stack, 'mutation { createApiKey(input: { name: "w", scope: WRITE }) { secret } }');
  const writer = { apiUrl: stack.apiUrl, apiKey: json.data.createApiKey.secret };
  const refused = await query(writer, '{ auditLog { nodes { id } } }');
  expect(refused.json.errors?.[0]?.extensions.code).toBe('forbidden');

  const proxy = await startDatabaseProxy(stack.databaseUrl);
  const counted = await stack.startApi({ DATABASE_URL: proxy.url });
  const api = { apiUrl: counted.ready.url, apiKey: stack.apiKey };
  await query(api, '{ auditLog { nodes { id } } }');
  proxy.takeCount();
  await query(api, '{ auditLog(first: 15) { nodes { id action details { name } } } }');
  // The key, and the page.
  expect(proxy.takeCount()).toBe(2);
  await counted.stop();
  await proxy.close();
});
