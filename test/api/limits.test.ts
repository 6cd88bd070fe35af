import { startStack, type Stack } from '@voice-transcriber/testkit';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query, send, type RawResponse } from './requests.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
});
afterAll(() => stack.stop());

const first = ({ json }: RawResponse): { code: string; requestId: string } | undefined => json.errors?.[0]?.extensions;
const aliases = (count: number): string =>
  `{ ${Array.from({ length: count }, (_, index) => `a${index}: viewer { name }`).join(' ')} }`;
const MEDIA_ID = Buffer.from('Media:00000000-0000-4000-8000-000000000000').toString('base64url');

/** The job page's deepest path. */
const DEEP =
  '{ transcriptions(first: 1) { edges { node { segments(first: 1) { edges { node { words { text } } } } } } } }';
test.each([
  ['aliases', aliases(16)],
  ['a page above 100', '{ transcriptions(first: 101) { nodes { id } } }'],
  [
    'the cost of lists in lists',
    '{ transcriptions(first: 100) { nodes { segments(first: 100) { nodes { text } } } } }',
  ],
  ['more than 100 nodes', `{ nodes(ids: [${`"${MEDIA_ID}" `.repeat(101)}]) { id } }`],
])('%s is refused before it costs anything', async (_what, document) => {
  const answer = await query(stack, document);
  expect(first(answer)?.code).toBe('limit-exceeded');
  expect(first(answer)?.requestId).toBe(answer.headers['x-request-id']);
});

test('more than 1,000 tokens are refused while parsing, within milliseconds', async () => {
  const hostile = `{ ${'viewer { name } '.repeat(3_000)} }`;
  await query(stack, hostile);
  const startedAt = performance.now();
  const answer = await query(stack, hostile);
  expect(first(answer)?.code).toBe('document-invalid');
  expect(answer.json.errors?.[0]?.message).toContain('1000 tokens');
  expect(performance.now() - startedAt).toBeLessThan(100);
});

test('a document of more than 50,000 characters is refused unread, and its values may come as variables', async () => {
  const long = 'x'.repeat(50_000);
  const refused = await query(stack, `{ transcription(id: "${long}") { id } }`);
  expect([refused.status, first(refused)?.code]).toEqual([413, 'request-too-large']);
  expect(first(refused)?.requestId).toBe(refused.headers['x-request-id']);
  expect(refused.json.errors?.[0]?.message).toContain('variables');
  const { json } = await query(stack, 'query ($id: ID!) { transcription(id: $id) { id } }', { id: long });
  expect(json).toEqual({ data: { transcription: null } });
});

test('of many mistakes in one document the first ten are told', async () => {
  const { json } = await query(stack, `{ ${Array.from({ length: 300 }, (_, index) => `wrong${index}`).join(' ')} }`);
  expect(json.errors?.length).toBeLessThanOrEqual(11);
});

test('15 aliases and the depth that the console needs are allowed', async () => {
  expect((await query(stack, aliases(15))).json.errors).toBeUndefined();
  expect((await query(stack, DEEP)).json.errors).toBeUndefined();
});

test('introspection is answered, for clients are generated from it', async () => {
  const { json } = await query(stack, getIntrospectionQuery());
  expect(json.errors).toBeUndefined();
  expect(json.data.__schema.types.length).toBeGreaterThan(50);
});

test('a JSON body above 1 MB is refused with 413', async () => {
  const answer = await query(stack, '{ viewer { name } }', { padding: 'x'.repeat(1_100_000) });
  expect(answer.status).toBe(413);
  expect(first(answer)?.code).toBe('request-too-large');
});

test('batches are refused', async () => {
  const answer = await send({
    url: `${stack.apiUrl}/graphql`,
    method: 'POST',
    headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify([{ query: '{ viewer { name } }' }, { query: '{ viewer { name } }' }]),
  });
  expect(answer.status).toBe(400);
  expect(first(answer)?.code).toBe('request-invalid');
});

test.each(['{ nonsense', '{ nonsense }', '{ viewer { name } } { viewer { name } }'])(
  'the wrong document %s is told with a code and a request id',
  async (document) => {
    const answer = await query(stack, document);
    expect(first(answer)?.code).toBe('document-invalid');
    expect(first(answer)?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  },
);

test('ids of other servers and types are told apart from bugs', async () => {
  for (const id of ['x', MEDIA_ID, Buffer.from('Transcription:1 or 1=1').toString('base64url')]) {
    const { json } = await query(stack, 'query ($id: ID!) { transcription(id: $id) { id } }', { id });
    expect(json).toEqual({ data: { transcription: null } });
  }
});

test('GraphiQL is shown to browsers and needs nothing from other servers', async () => {
  const page = await send({ url: `${stack.apiUrl}/graphql`, headers: { accept: 'text/html' } });
  expect(page.status).toBe(200);
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.body).not.toMatch(/(?:src|href)=["']?https?:\/\//);
});
