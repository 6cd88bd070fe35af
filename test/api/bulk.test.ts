import { openDatabase, type Database } from '@voice-transcriber/db';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDatabaseProxy, type DatabaseProxy } from './database-proxy.js';
import { query, type Api } from './requests.js';
import { globalId, seedTranscription } from './seed.js';

let stack: Stack;
let proxy: DatabaseProxy;
let db: Database;
/** 60 of ten minutes ago, every third failed; the rest waits. */
let ids: string[];

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  proxy = await startDatabaseProxy(stack.databaseUrl);
  db = openDatabase(stack.databaseUrl, { connectionsMax: 4 });
  ids = [];
  for (let index = 0; index < 60; index += 1) {
    const id = await seedTranscription(db, {
      filename: index === 7 ? 'Board 100% meeting_a.mp3' : `call-${index}.mp3`,
    });
    ids.push(id);
    const state = index % 3 === 0 ? 'failed' : 'queued';
    await db.sql`update transcriptions set state = ${state}, model = ${index % 2 === 0 ? 'tiny' : 'base'}, backend = 'fake',
      language = ${index < 5 ? 'de' : 'en'}, priority = ${index % 4 === 0 ? 'high' : 'normal'}, text = ${`number ${index} spoke of quarterly figures`},
      error = ${state === 'failed' ? '{"code":"decode-failed","message":"broken"}' : null}::jsonb,
      created_at = now() - interval '10 minutes' + ${index} * interval '1 second' where id = ${id}`;
  }
});
afterAll(async () => {
  await db.close();
  await stack.stop();
  await proxy.close();
});

async function count(filter: string): Promise<number> {
  const { json } = await query(stack, `{ transcriptions(first: 100, filter: ${filter}) { totalCount nodes { id } } }`);
  const { totalCount, nodes } = json.data.transcriptions;
  expect(nodes).toHaveLength(totalCount);
  return totalCount as number;
}

test.each([
  ['{}', 60],
  ['{ states: [FAILED] }', 20],
  ['{ hasError: true, model: "tiny" }', 10],
  ['{ hasError: false }', 40],
  ['{ language: "de", backend: "fake" }', 5],
  ['{ priority: HIGH }', 15],
  ['{ search: "CALL-1" }', 11],
  ['{ search: "100%" }', 1],
  ['{ search: "g_a" }', 1],
  ['{ search: "\\"quarterly figures\\" -number" }', 0],
  ['{ search: "quarterly 17" }', 1],
  ['{ search: "nobody said this" }', 0],
])('the filter %s lets %i through', async (filter, expected) => {
  expect(await count(filter)).toBe(expected);
});

test('times narrow a list: from the first one inclusive to the second one exclusive', async () => {
  const [row] = await db.sql<
    { at: Date }[]
  >`select created_at::text as at from transcriptions where id = ${ids[30] ?? ''}`;
  const exact = new Date(row?.at ?? 0);
  const after = new Date(Math.ceil(exact.getTime() + 1)).toISOString();
  expect(await count(`{ createdBefore: "${after}" }`)).toBe(31);
  expect(await count(`{ createdAfter: "${after}" }`)).toBe(29);
});

/** The fewest of several tries: what an API does by itself now and then may fall into one of them. */
async function countStatements(api: Api, document: string): Promise<number> {
  let fewest = Infinity;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    proxy.takeCount();
    await query(api, document);
    fewest = Math.min(fewest, proxy.takeCount());
  }
  return fewest;
}

test('a filtered page and the counts of all states take one statement each, however many rows there are', async () => {
  const counted = await stack.startApi({ DATABASE_URL: proxy.url });
  const api: Api = { apiUrl: counted.ready.url, apiKey: stack.apiKey };
  const page = (first: number): string =>
    `{ transcriptions(first: ${first}, filter: { search: "call", states: [QUEUED] }) { nodes { id } } }`;
  await query(api, page(10));
  const statements: number[] = [];
  for (const document of [
    page(10),
    page(100),
    '{ transcriptionCounts(filter: { model: "tiny" }) { total states { state count } } }',
  ]) {
    const { json } = await query(api, document);
    statements.push(await countStatements(api, document));
    if (json.data.transcriptionCounts) {
      const { total, states } = json.data.transcriptionCounts;
      expect([total, states.length]).toEqual([30, 9]);
      expect(states.find(({ state }: { state: string }) => state === 'FAILED').count).toBe(10);
    }
  }
  // The key, and the list.
  expect(statements).toEqual([2, 2, 2]);
  await counted.stop();
});

const BULK = `__typename ... on BulkPayload { matched changed refusedCount remaining refused { id code message } }
  ... on Error { code message }`;

test('chosen ones are each tried: what cannot be done is told and undoes nothing of the others', async () => {
  const chosen = [ids[0] ?? '', ids[1] ?? '', ids[2] ?? '', '00000000-0000-4000-8000-000000000000'];
  const { json } = await query(
    stack,
    `mutation ($ids: [ID!]!) { cancelTranscriptions(input: { selection: { ids: $ids } }) { ${BULK} } }`,
    { ids: chosen.map((id) => globalId('Transcription', id)) },
  );
  const { refused, ...counts } = json.data.cancelTranscriptions;
  expect(counts).toEqual({ __typename: 'BulkPayload', matched: 4, changed: 2, refusedCount: 2, remaining: 0 });
  expect(refused.map(({ id, code }: { id: string; code: string }) => [id, code]).sort()).toEqual(
    [
      [globalId('Transcription', ids[0] ?? ''), 'invalid-state'],
      [globalId('Transcription', '00000000-0000-4000-8000-000000000000'), 'not-found'],
    ].sort(),
  );
  expect(await count('{ states: [CANCELLED] }')).toBe(2);
});

test('a filter selects what the command is for, over all batches', async () => {
  const before = await count('{ states: [QUEUED], model: "base" }');
  const waiting = await count('{ states: [QUEUED] }');
  expect(waiting).toBeGreaterThan(25);
  const { json } = await query(
    stack,
    `mutation { setTranscriptionsPriority(input: { priority: LOW, selection: { filter: { model: "base" } } }) { ${BULK} } }`,
  );
  expect(json.data.setTranscriptionsPriority).toMatchObject({ matched: before, changed: before, refused: [] });
  const again = await query(
    stack,
    `mutation { cancelTranscriptions(input: { selection: { filter: {} } }) { ${BULK} } }`,
  );
  expect(again.json.data.cancelTranscriptions).toMatchObject({ matched: waiting, changed: waiting, refusedCount: 0 });
  expect(await count('{ states: [QUEUED] }')).toBe(0);
});

test('failed ones are tried again together, and everything is deleted together, files included', async () => {
  const retried = await query(
    stack,
    `mutation { retryTranscriptions(input: { selection: { filter: { states: [FAILED] } } }) { ${BULK} } }`,
  );
  expect(retried.json.data.retryTranscriptions).toMatchObject({ matched: 20, changed: 20 });
  const wrongModel = await query(
    stack,
    `mutation { retryTranscriptions(input: { model: "nothing", selection: { filter: {} } }) { ${BULK} } }`,
  );
  expect(wrongModel.json.data.retryTranscriptions.__typename).toBe('InvalidInputError');
  const deleted = await query(
    stack,
    `mutation { deleteTranscriptions(input: { selection: { filter: {} } }) { ${BULK} } }`,
  );
  expect(deleted.json.data.deleteTranscriptions).toMatchObject({ matched: 60, changed: 60, remaining: 0 });
  const [left] =
    await db.sql`select (select count(*) from transcriptions)::int as rows, (select count(*) from media)::int as media`;
  expect(left).toEqual({ rows: 0, media: 0 });
});

test('a selection is ids or a filter, and within bounds', async () => {
  const none = await query(stack, `mutation { cancelTranscriptions(input: { selection: { ids: [] } }) { ${BULK} } }`);
  expect(none.json.data.cancelTranscriptions).toMatchObject({ __typename: 'InvalidInputError', code: 'input-invalid' });
  const both = await query(
    stack,
    'mutation { cancelTranscriptions(input: { selection: { ids: ["x"], filter: {} } }) { __typename } }',
  );
  expect(both.json.errors?.[0]?.extensions.code).toBe('document-invalid');
});
