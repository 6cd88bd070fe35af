import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { multipart, query, send, wavFile, type RawRequest } from './requests.js';
import { expectTraces, uploadTraces } from './traces.js';

const CONSOLE_ORIGIN = 'http://localhost:3999';
const FOREIGN_ORIGINS = ['https://evil.example', 'http://localhost:3998', 'null', `${CONSOLE_ORIGIN}.evil.example`];

let stack: Stack;
let cookie: string;
beforeAll(async () => {
  stack = await startStack({ workers: 0, env: { CONSOLE_ORIGINS: CONSOLE_ORIGIN } });
  const signedIn = await send({
    url: `${stack.apiUrl}/auth/sign-in`,
    method: 'POST',
    headers: { origin: CONSOLE_ORIGIN, 'content-type': 'application/json' },
    body: JSON.stringify({ apiKey: stack.apiKey }),
  });
  cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  expect(cookie).not.toBe('');
});
afterAll(() => stack.stop());

const PAUSE = 'mutation { pauseQueue(input: { reason: "forged" }) { queue { paused } } }';
const isPaused = async (): Promise<boolean> => (await query(stack, '{ queue { paused } }')).json.data.queue.paused;

/** What a foreign page can make a browser send with the cookie: with and without a preflight. */
function forgeries(): Record<string, Omit<RawRequest, 'url'> & { path?: string }> {
  const upload = multipart({ file: wavFile(1) });
  const pauseByForm = multipart({ file: wavFile(1), document: PAUSE });
  const json = JSON.stringify({ query: PAUSE });
  return {
    'a multipart upload': {
      method: 'POST',
      headers: { 'content-type': upload.contentType },
      body: Buffer.concat([upload.head, upload.file, upload.tail]),
    },
    'a multipart mutation': {
      method: 'POST',
      headers: { 'content-type': pauseByForm.contentType },
      body: Buffer.concat([pauseByForm.head, pauseByForm.file, pauseByForm.tail]),
    },
    'plain text': { method: 'POST', headers: { 'content-type': 'text/plain' }, body: json },
    'an url-encoded form': {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `query=${encodeURIComponent(PAUSE)}`,
    },
    json: { method: 'POST', headers: { 'content-type': 'application/json' }, body: json },
    'no content type': { method: 'POST', body: json },
    'a GET mutation': { method: 'GET', path: `/graphql?query=${encodeURIComponent(PAUSE)}` },
  };
}

test.each(Object.keys(forgeries()))('a foreign page cannot change anything with the cookie by %s', async (what) => {
  const before = await uploadTraces(stack.dataDirectory);
  const { path = '/graphql', ...forgery } = forgeries()[what] ?? {};
  for (const origin of [...FOREIGN_ORIGINS, undefined]) {
    const headers = { ...forgery.headers, cookie, ...(origin !== undefined && { origin }) };
    const answer = await send({ ...forgery, url: `${stack.apiUrl}${path}`, headers });
    expect(answer.status).toBe(what === 'a GET mutation' ? 405 : 403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  }
  expect(await isPaused()).toBe(false);
  await expectTraces(stack.dataDirectory, before);
  const { json } = await query(stack, '{ transcriptions { totalCount } }');
  expect(json.data.transcriptions.totalCount).toBe(0);
});

test('a foreign page cannot open or end a session either', async () => {
  for (const path of ['/auth/sign-in', '/auth/sign-out']) {
    const answer = await send({
      url: `${stack.apiUrl}${path}`,
      method: 'POST',
      headers: { origin: 'https://evil.example', cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ apiKey: stack.apiKey }),
    });
    expect(answer.status).toBe(403);
  }
});

test('the console may do all of it, and only its origin is named in answers', async () => {
  const headers = { cookie, origin: CONSOLE_ORIGIN, 'content-type': 'application/json' };
  const url = `${stack.apiUrl}/graphql`;
  const answer = await send({ url, method: 'POST', headers, body: JSON.stringify({ query: PAUSE }) });
  expect(answer.json.data.pauseQueue.queue.paused).toBe(true);
  expect(answer.headers['access-control-allow-origin']).toBe(CONSOLE_ORIGIN);
  expect(answer.headers['access-control-allow-credentials']).toBe('true');
  await query(stack, 'mutation { resumeQueue { queue { paused } } }');

  for (const origin of [CONSOLE_ORIGIN, ...FOREIGN_ORIGINS]) {
    const preflight = await send({
      url,
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    const allowed = origin === CONSOLE_ORIGIN ? origin : undefined;
    expect(preflight.headers['access-control-allow-origin']).toBe(allowed);
    expect(preflight.headers['vary']).toContain('Origin');
  }
});

test('every answer says how long it took and in which stage, and shows that to pages of the console alone', async () => {
  const answer = await query(stack, '{ queue { paused } transcriptions { totalCount } }');
  const stages = new Map(
    String(answer.headers['server-timing'])
      .split(', ')
      .map((entry) => entry.split(';dur=') as [string, string]),
  );
  expect([...stages.keys()]).toEqual(['parse', 'validate', 'execute', 'total']);
  expect(Number(stages.get('execute'))).toBeGreaterThan(0);
  expect(Number(stages.get('total'))).toBeGreaterThanOrEqual(Number(stages.get('execute')));
  for (const path of ['/livez', '/no-such-page']) {
    const { headers } = await send({ url: `${stack.apiUrl}${path}` });
    expect(headers['server-timing']).toMatch(/^total;dur=\d+\.\d$/);
  }
  const from = async (origin: string) => (await send({ url: `${stack.apiUrl}/livez`, headers: { origin } })).headers;
  expect((await from(CONSOLE_ORIGIN))['timing-allow-origin']).toBe(CONSOLE_ORIGIN);
  for (const origin of FOREIGN_ORIGINS) expect((await from(origin))['timing-allow-origin']).toBeUndefined();
});
