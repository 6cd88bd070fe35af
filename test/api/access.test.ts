import { buildSchema } from 'graphql';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY, startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query, send, upload, wavFile, type Api, type RawResponse } from './requests.js';

let stack: Stack;
let keys: Record<'read' | 'write' | 'admin', Api>;
const CONSOLE_ORIGIN = 'http://localhost:3999';

beforeAll(async () => {
  stack = await startStack({ workers: 0, env: { CONSOLE_ORIGINS: CONSOLE_ORIGIN } });
  keys = { admin: stack, read: await createKey('READ'), write: await createKey('WRITE') };
});
afterAll(() => stack.stop());

async function createKey(scope: string, extra = ''): Promise<Api & { id: string }> {
  const { json } = await query(
    stack,
    `mutation { createApiKey(input: { name: "test", scope: ${scope}${extra} }) { secret apiKey { id prefix } } }`,
  );
  const { secret, apiKey } = json.data.createApiKey;
  expect(secret.startsWith(apiKey.prefix)).toBe(true);
  return { apiUrl: stack.apiUrl, apiKey: secret, id: apiKey.id };
}

const signIn = (body: object, headers: Record<string, string> = {}): Promise<RawResponse> =>
  send({
    url: `${stack.apiUrl}/auth/sign-in`,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const code = ({ json }: RawResponse): string | undefined => json.errors?.[0]?.extensions.code;

/** One valid document for every mutation of the committed schema, so that a new one without a guard is noticed. */
const MUTATIONS: Record<string, { scope: 'write' | 'admin'; document: string }> = {
  cancelBenchmark: { scope: 'admin', document: 'cancelBenchmark(input: { id: "x" }) { __typename }' },
  cancelModelPull: { scope: 'admin', document: 'cancelModelPull(input: { id: "x" }) { __typename }' },
  cancelTranscriptions: {
    scope: 'write',
    document: 'cancelTranscriptions(input: { selection: { ids: ["x"] } }) { __typename }',
  },
  cancelTranscription: { scope: 'write', document: 'cancelTranscription(input: { id: "x" }) { __typename }' },
  createApiKey: { scope: 'admin', document: 'createApiKey(input: { name: "x", scope: ADMIN }) { __typename }' },
  createPreset: { scope: 'write', document: 'createPreset(input: { name: "x", options: {} }) { __typename }' },
  createTranscription: { scope: 'write', document: 'upload' },
  createUpload: {
    scope: 'write',
    document: 'createUpload(input: { filename: "a.wav", sizeBytes: 9 }) { __typename }',
  },
  createWebhook: {
    scope: 'admin',
    document: 'createWebhook(input: { url: "x", events: [TRANSCRIPTION_FAILED] }) { __typename }',
  },
  deleteBenchmarkRun: { scope: 'admin', document: 'deleteBenchmarkRun(input: { id: "x" }) { __typename }' },
  deleteModel: { scope: 'admin', document: 'deleteModel(input: { name: "x" }) { __typename }' },
  deletePreset: { scope: 'write', document: 'deletePreset(input: { id: "x" }) { __typename }' },
  deleteTranscription: { scope: 'write', document: 'deleteTranscription(input: { id: "x" }) { __typename }' },
  deleteTranscriptions: {
    scope: 'write',
    document: 'deleteTranscriptions(input: { selection: { ids: ["x"] } }) { __typename }',
  },
  deleteWebhook: { scope: 'admin', document: 'deleteWebhook(input: { id: "x" }) { __typename }' },
  drainWorker: { scope: 'admin', document: 'drainWorker(input: { id: "x" }) { __typename }' },
  editSegment: {
    scope: 'write',
    document: 'editSegment(input: { id: "x", text: "y", revision: 1 }) { __typename }',
  },
  importModel: { scope: 'admin', document: 'upload model' },
  pauseQueue: { scope: 'admin', document: 'pauseQueue(input: {}) { __typename }' },
  pauseTranscription: { scope: 'write', document: 'pauseTranscription(input: { id: "x" }) { __typename }' },
  pullModel: { scope: 'admin', document: 'pullModel(input: { name: "x" }) { __typename }' },
  redecode: { scope: 'write', document: 'redecode(input: { id: "x", flagged: true }) { __typename }' },
  restoreSegment: { scope: 'write', document: 'restoreSegment(input: { id: "x", revision: 1 }) { __typename }' },
  redeliver: { scope: 'admin', document: 'redeliver(input: { id: "x" }) { __typename }' },
  resumeQueue: { scope: 'admin', document: 'resumeQueue { __typename }' },
  resumeWorker: { scope: 'admin', document: 'resumeWorker(input: { id: "x" }) { __typename }' },
  resumeTranscription: { scope: 'write', document: 'resumeTranscription(input: { id: "x" }) { __typename }' },
  retryTranscription: { scope: 'write', document: 'retryTranscription(input: { id: "x" }) { __typename }' },
  retryTranscriptions: {
    scope: 'write',
    document: 'retryTranscriptions(input: { selection: { ids: ["x"] } }) { __typename }',
  },
  revokeApiKey: { scope: 'admin', document: 'revokeApiKey(input: { id: "x" }) { __typename }' },
  rotateApiKey: { scope: 'admin', document: 'rotateApiKey(input: { id: "x" }) { __typename }' },
  setBenchmarkBaseline: { scope: 'admin', document: 'setBenchmarkBaseline(input: { id: "x" }) { __typename }' },
  setTranscriptionPriority: {
    scope: 'write',
    document: 'setTranscriptionPriority(input: { id: "x", priority: LOW }) { __typename }',
  },
  setTranscriptionsPriority: {
    scope: 'write',
    document: 'setTranscriptionsPriority(input: { selection: { ids: ["x"] }, priority: LOW }) { __typename }',
  },
  startBenchmark: { scope: 'admin', document: 'startBenchmark(input: {}) { __typename }' },
  stopWorker: { scope: 'admin', document: 'stopWorker(input: { id: "x" }) { __typename }' },
  testWebhook: { scope: 'admin', document: 'testWebhook(input: { id: "x" }) { __typename }' },
  updateWebhook: { scope: 'admin', document: 'updateWebhook(input: { id: "x" }) { __typename }' },
  updatePreset: {
    scope: 'write',
    document: 'updatePreset(input: { id: "x", name: "y", options: {} }) { __typename }',
  },
  updateSettings: { scope: 'admin', document: 'updateSettings(input: {}) { __typename }' },
  unloadModel: { scope: 'admin', document: 'unloadModel(input: { name: "x" }) { __typename }' },
  verifyModel: { scope: 'admin', document: 'verifyModel(input: { name: "x" }) { __typename }' },
};

const IMPORT_MODEL = 'mutation ($input: ImportModelInput!) { importModel(input: $input) { __typename } }';

test('every mutation of the schema is refused to keys below its scope, and allowed from it on', async () => {
  const sdl = await readFile(join(REPOSITORY_DIRECTORY, 'apps/api/schema.graphql'), 'utf8');
  const names = Object.keys(buildSchema(sdl).getMutationType()?.getFields() ?? {});
  expect(Object.keys(MUTATIONS).sort()).toEqual(names.sort());

  for (const [name, { scope, document }] of Object.entries(MUTATIONS)) {
    const run = (key: Api): Promise<RawResponse> =>
      document === 'upload'
        ? upload(key, { file: wavFile(1) })
        : document === 'upload model'
          ? upload(key, { file: wavFile(1), document: IMPORT_MODEL })
          : query(key, `mutation { ${document} }`);
    for (const holder of ['read', 'write', 'admin'] as const) {
      const allowed = ['read', 'write', 'admin'].indexOf(holder) >= ['read', 'write', 'admin'].indexOf(scope);
      const answer = await run(keys[holder]);
      expect([name, holder, code(answer)]).toEqual([name, holder, allowed ? undefined : 'forbidden']);
    }
  }
});

test('API keys are shown to administrators only, also through node', async () => {
  const id = (await createKey('READ')).id;
  for (const document of ['{ apiKeys { prefix } }', `{ node(id: "${id}") { ... on ApiKey { prefix } } }`]) {
    expect(code(await query(keys.write, document))).toBe('forbidden');
    expect(code(await query(keys.admin, document))).toBeUndefined();
  }
});

test.each([
  ['GET', '/graphql?query=%7Bviewer%7Bname%7D%7D'],
  ['POST', '/graphql'],
  ['GET', '/media/TWVkaWE6eA'],
  ['GET', '/transcriptions/VHJhbnNjcmlwdGlvbjp4/export.txt'],
])('%s %s needs a key', async (method, path) => {
  const answer = await send({ url: `${stack.apiUrl}${path}`, method, headers: { 'content-type': 'application/json' } });
  expect(answer.status).toBe(401);
  expect(code(answer)).toBe('unauthenticated');
});

test('a key that is mistyped, revoked or expired is refused, and a cookie beside it does not help', async () => {
  const key = await createKey('READ');
  const document = '{ viewer { scope } }';
  expect((await query(key, document)).json.data.viewer.scope).toBe('READ');

  const last = key.apiKey.at(-1) === '0' ? '1' : '0';
  expect((await query({ ...key, apiKey: key.apiKey.slice(0, -1) + last }, document)).status).toBe(401);

  const cookie = await openSession({ apiKey: stack.apiKey });
  await query(stack, `mutation { revokeApiKey(input: { id: "${key.id}" }) { __typename } }`);
  expect((await query(key, document, {}, { cookie })).status).toBe(401);

  const soon = new Date(Date.now() + 400).toISOString();
  const expiring = await createKey('READ', `, expiresAt: "${soon}"`);
  await expect.poll(async () => (await query(expiring, document)).status, { timeout: 5000 }).toBe(401);
});

const ROTATE = `mutation ($id: ID!, $overlapHours: Int) {
  rotateApiKey(input: { id: $id, overlapHours: $overlapHours }) {
    __typename
    ... on RotateApiKeyPayload { secret apiKey { id name scope expiresAt } replaced { id expiresAt } }
    ... on InvalidInputError { field message }
  }
}`;

test('a key that is replaced goes on for the overlap, never beyond its own end, and its successor has its name, scope and lifetime', async () => {
  const rotate = async (id: string, overlapHours: number | null) =>
    (await query(stack, ROTATE, { id, overlapHours })).json.data.rotateApiKey;
  const document = '{ viewer { scope } }';
  const old = await createKey('WRITE');
  const { secret, apiKey, replaced } = await rotate(old.id, null);
  expect(apiKey).toMatchObject({ name: 'test', scope: 'WRITE', expiresAt: null });
  expect(replaced.id).toBe(old.id);
  expect(Math.abs(Date.parse(replaced.expiresAt) - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
  for (const key of [old.apiKey, secret]) {
    expect((await query({ ...stack, apiKey: key }, document)).json.data.viewer.scope).toBe('WRITE');
  }

  await rotate(old.id, 0);
  expect((await query(old, document)).status).toBe(401);
  expect(await rotate(old.id, 0)).toMatchObject({ __typename: 'InvalidInputError', field: 'id' });
  expect(await rotate(apiKey.id, 721)).toMatchObject({ __typename: 'InvalidInputError', field: 'overlapHours' });
  expect(await rotate('x', 1)).toMatchObject({ __typename: 'NotFoundError' });

  const end = new Date(Date.now() + 3_600_000).toISOString();
  const short = await rotate((await createKey('READ', `, expiresAt: "${end}"`)).id, 24);
  expect(short.replaced.expiresAt).toBe(end);
  expect(Math.abs(Date.parse(short.apiKey.expiresAt) - Date.parse(end))).toBeLessThan(60_000);
});

async function openSession(credential: object): Promise<string> {
  const answer = await signIn(credential);
  expect(answer.status).toBe(200);
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^vt_session=[\w-]{43}; .*HttpOnly; SameSite=Lax$/);
  return cookie.split(';')[0] ?? '';
}

const ask = (cookie: string, document = '{ viewer { name scope } }'): Promise<RawResponse> =>
  send({
    url: `${stack.apiUrl}/graphql`,
    method: 'POST',
    headers: { cookie, origin: CONSOLE_ORIGIN, 'content-type': 'application/json' },
    body: JSON.stringify({ query: document }),
  });

test('revoking a key ends the sessions that it opened, and signing out ends one', async () => {
  const key = await createKey('WRITE');
  const first = await openSession({ apiKey: key.apiKey });
  const second = await openSession({ apiKey: key.apiKey });
  expect((await ask(first)).json.data.viewer).toEqual({ name: 'test', scope: 'WRITE' });

  await send({
    url: `${stack.apiUrl}/auth/sign-out`,
    method: 'POST',
    headers: { cookie: first, origin: CONSOLE_ORIGIN },
  });
  expect((await ask(first)).status).toBe(401);
  expect((await ask(second)).status).toBe(200);

  await query(stack, `mutation { revokeApiKey(input: { id: "${key.id}" }) { __typename } }`);
  expect((await ask(second)).status).toBe(401);
});

test('ten failed sign-ins in a row close the door for this address, also for the right key', async () => {
  const statuses = [];
  for (let attempt = 0; attempt < 11; attempt += 1) statuses.push((await signIn({ token: `guess-${attempt}` })).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  const refused = await signIn({ apiKey: stack.apiKey });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60);
});
