import { openDatabase, type Database } from '@voice-transcriber/db';
import { createTestDatabase, startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDatabaseProxy, type DatabaseProxy } from './database-proxy.js';
import { query, send, type RawResponse } from './requests.js';
import { globalId, seedTranscription } from './seed.js';

let stack: Stack;
let proxy: DatabaseProxy;
let db: Database;
let ids: string[];

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  proxy = await startDatabaseProxy(stack.databaseUrl);
  db = openDatabase(stack.databaseUrl, { connectionsMax: 4 });
  ids = [];
  for (let index = 0; index < 120; index += 1) {
    ids.push(await seedTranscription(db, { dataDirectory: stack.dataDirectory, filename: `Gespräch "${index}".mp3` }));
  }
});
afterAll(async () => {
  await db.close();
  await stack.stop();
  await proxy.close();
});

const PAGE = `query ($first: Int!) {
  transcriptions(first: $first) {
    totalCount
    nodes { id state text progress { fraction } media { filename sizeBytes } }
  }
}`;

test('a page of 100 transcriptions with their media takes as many statements as a page of 10', async () => {
  const counted = await stack.startApi({ DATABASE_URL: proxy.url });
  const api = { apiUrl: counted.ready.url, apiKey: stack.apiKey };
  const counts: number[] = [];
  for (const first of [10, 100, 10, 100]) {
    proxy.takeCount();
    const { json } = await query(api, PAGE, { first });
    counts.push(proxy.takeCount());
    expect(json.data.transcriptions.nodes).toHaveLength(first);
    expect(json.data.transcriptions.nodes[0].media.filename).toContain('Gespräch');
  }
  // The key, the page, its total, its media, its texts.
  expect(counts.slice(1)).toEqual([5, 5, 5]);
  await counted.stop();
});

test('paging forwards and backwards meets every transcription once, newest first', async () => {
  const read = async (args: string): Promise<{ ids: string[]; pageInfo: Record<string, unknown> }> => {
    const { json } = await query(
      stack,
      `{ transcriptions(${args}) { edges { node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    );
    const { edges, pageInfo } = json.data.transcriptions;
    return { ids: edges.map(({ node }: { node: { id: string } }) => node.id), pageInfo };
  };
  const expected = ids.map((id) => globalId('Transcription', id)).reverse();

  const forwards: string[] = [];
  let page = await read('first: 50');
  for (;;) {
    forwards.push(...page.ids);
    if (page.pageInfo['hasNextPage'] !== true) break;
    page = await read(`first: 50, after: "${String(page.pageInfo['endCursor'])}"`);
  }
  expect(forwards).toEqual(expected);
  expect(page.pageInfo['hasPreviousPage']).toBe(true);

  const before = await read(`last: 7, before: "${String(page.pageInfo['startCursor'])}"`);
  expect(before.ids).toEqual(expected.slice(93, 100));
});

test('segments, chunks and attempts are paged in their order', async () => {
  const id = globalId('Transcription', ids[0] ?? '');
  const document = `query ($id: ID!, $after: String) { transcription(id: $id) {
    realTimeFactor
    segments(first: 1, after: $after) { edges { cursor node { text words { text startSeconds } } } pageInfo { hasNextPage } }
    chunks { nodes { index state } } attempts { nodes { kind outcome chunkIndex } }
  } }`;
  const { json } = await query(stack, document, { id });
  const { segments, chunks, attempts, realTimeFactor } = json.data.transcription;
  expect(segments.edges[0].node).toEqual({
    text: 'Hello world.',
    words: [
      { text: 'Hello', startSeconds: 0 },
      { text: 'world.', startSeconds: 0.6 },
    ],
  });
  expect([segments.pageInfo.hasNextPage, realTimeFactor]).toEqual([true, 0.5]);
  expect(chunks.nodes).toEqual([{ index: 0, state: 'DONE' }]);
  expect(attempts.nodes).toEqual([{ kind: 'CHUNK', outcome: 'SUCCEEDED', chunkIndex: 0 }]);
  const next = await query(stack, document, { id, after: segments.edges[0].cursor });
  expect(next.json.data.transcription.segments.edges[0].node.text).toBe('Good bye.');
});

const get = (path: string, headers: Record<string, string> = {}): Promise<RawResponse> =>
  send({ url: `${stack.apiUrl}${path}`, headers: { authorization: `Bearer ${stack.apiKey}`, ...headers } });

test.each([
  ['txt', 'text/plain', 'Hello world.'],
  ['srt', 'application/x-subrip', '00:00:00,000 --> 00:00:01,500'],
  ['vtt', 'text/vtt', 'WEBVTT'],
  ['words.vtt', 'text/vtt', 'Hello <00:00:00.600>world.'],
  ['json', 'application/json', '"startSeconds": 0.6'],
  ['csv', 'text/csv', 'start_seconds,end_seconds'],
  ['lrc', 'text/plain', '[00:00.00]'],
])('the %s export is a download with a safe name, equal to the field of the schema', async (format, type, content) => {
  const id = globalId('Transcription', ids[3] ?? '');
  const document = `query ($id: ID!, $format: ExportFormat!) { transcription(id: $id) {
    exportPath(format: $format) export(format: $format) { body filename contentType }
  } }`;
  const { json } = await query(stack, document, {
    id,
    format: format === 'words.vtt' ? 'VTT_WORDS' : format.toUpperCase(),
  });
  const file = await get(json.data.transcription.exportPath);
  expect(file.headers['content-type']).toContain(type);
  expect(file.headers['content-disposition']).toBe(
    `attachment; filename="Gespr_ch _3_.${format}"; filename*=UTF-8''Gespr%C3%A4ch%20%223%22.${format}`,
  );
  expect(file.body).toContain(content);
  expect(json.data.transcription.export).toMatchObject({ body: file.body, filename: `Gespräch "3".${format}` });
});

test('media are sent in ranges, and never as a page that could run', async () => {
  const { json } = await query(stack, 'query ($id: ID!) { transcription(id: $id) { mediaPath } }', {
    id: globalId('Transcription', ids[1] ?? ''),
  });
  const path = json.data.transcription.mediaPath;
  const whole = await get(path);
  expect([whole.status, whole.body, whole.headers['accept-ranges']]).toEqual([200, '0123456789', 'bytes']);
  expect(whole.headers['content-security-policy']).toContain('sandbox');

  for (const [range, status, body, contentRange] of [
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=0-0,5-6', 200, '0123456789', undefined],
  ] as const) {
    const part = await get(path, { range });
    expect([range, part.status, part.body, part.headers['content-range']]).toEqual([range, status, body, contentRange]);
  }
  expect((await get(path, { range: 'bytes=10-' })).status).toBe(416);
});

test('a transcript that does not exist yet is 404 with a reason, and null in the schema', async () => {
  const id = await seedTranscription(db);
  await db.sql`update transcriptions set state = 'transcribing' where id = ${id}`;
  const file = await get(`/transcriptions/${globalId('Transcription', id)}/export.txt`);
  expect([file.status, file.json.errors?.[0]?.extensions.code]).toEqual([404, 'not-found']);
  const { json } = await query(stack, 'query ($id: ID!) { transcription(id: $id) { export(format: TXT) { body } } }', {
    id: globalId('Transcription', id),
  });
  expect(json.data.transcription.export).toBeNull();
});

test('an API without its database says so, stays up', async () => {
  const database = await createTestDatabase();
  const away = await startDatabaseProxy(database.url);
  const api = await stack.startApi({ DATABASE_URL: away.url });
  expect((await send({ url: `${api.ready.url}/readyz` })).status).toBe(200);
  await away.close();
  expect((await send({ url: `${api.ready.url}/readyz` })).status).toBe(503);
  expect((await send({ url: `${api.ready.url}/livez` })).status).toBe(200);
  await api.stop();
  await database.dispose();
});
