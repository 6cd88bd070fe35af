import { readdir } from 'node:fs/promises';
import { pullModel } from '@voice-transcriber/inference';
import { expect, test, vi } from 'vitest';
import { serve, startMirror, status, type Answer } from './mirror.js';
import { content, directory, expectInstalled, expectNothingInstalled, FINAL, mirror, model, pullFrom, useDirectory } from './pulling.js';

useDirectory();

test.each<[string, Answer[], string, number]>([
  ['404', [status(404)], 'mirror-refused', 1],
  ['403', [status(403)], 'mirror-refused', 1],
  ['500 again and again', [status(500)], 'mirror-unreachable', 3],
  [
    'a page of HTML',
    [(_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in</p>')],
    'mirror-answer-wrong',
    1,
  ],
  [
    'a page of HTML under the name of bytes',
    [(_request, response) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('<p>Sign in')],
    'mirror-answer-wrong',
    1,
  ],
  ['another length', [serve(content.subarray(1))], 'mirror-answer-wrong', 1],
  [
    'more than it promised',
    [
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/octet-stream' });
        response.write(content);
        response.end('and more');
      },
    ],
    'mirror-answer-wrong',
    1,
  ],
  [
    'a compressed body',
    [(_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(content)],
    'mirror-answer-wrong',
    1,
  ],
  ['a redirect in a circle', [status(302, { location: '/again' })], 'mirror-answer-wrong', 6],
  ['a redirect to nowhere', [status(302)], 'mirror-answer-wrong', 1],
  ['a redirect to a file', [status(302, { location: 'file:///etc/passwd' })], 'mirror-answer-wrong', 1],
  [
    'nothing after the beginning',
    [
      (_request, response) => {
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.subarray(0, 10));
      },
    ],
    'download-stalled',
    3,
  ],
])('%s is told by its code, asked for as often as it makes sense, and leaves nothing installed', async (...row) => {
  const [, answers, code, requests] = row;
  const failure = await pullFrom(answers).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ name: 'ModelStoreError', code });
  expect((failure as Error).message).toMatch(/MODEL_MIRROR/);
  expect(mirror?.requests).toHaveLength(requests);
  await expectNothingInstalled();
  if (code === 'mirror-answer-wrong') expect(await readdir(directory)).toEqual([]);
});

test('a server that never answers is given up, and one that is busy for a moment is not', async () => {
  const silence: Answer = () => undefined;
  await expect(pullFrom([silence], { patience: { answerSecondsMax: 0.1 } })).rejects.toMatchObject({
    code: 'download-stalled',
  });
  await pullFrom([status(503, { 'retry-after': '0' }), status(429), serve(content)]);
  await expectInstalled();
});

test('a redirect within five hops is followed', async () => {
  const hops = Array.from({ length: 5 }, (_, hop) => status(307, { location: `/hop/${hop}` }));
  await pullFrom([...hops, serve(content)]);
  await expectInstalled();
});

test('a mirror with HTTPS may not lead out of it, and one that is away is told with its address', async () => {
  const plain = await startMirror([serve(content)]);
  const { port } = new URL(plain.url);
  // The port speaks no TLS: the request must fail, and not fall back to plain HTTP.
  const failure = pullModel({
    model,
    directory,
    mirror: `https://127.0.0.1:${port}`,
    offline: false,
    owner: 'one',
    signal: new AbortController().signal,
    patience: { failuresMax: 2, pauseSecondsFirst: 0.01 },
  });
  await expect(failure).rejects.toMatchObject({ code: 'mirror-unreachable', retry: 'later' });
  await expect(failure).rejects.toThrow(`https://127.0.0.1:${port}/${FINAL}`);
  expect(plain.requests).toEqual([]);
  await plain.close();
});

test('a redirect out of HTTPS is not followed', async () => {
  const asked: string[] = [];
  // No certificate of this machine is trusted, so the library below is stood in for.
  vi.stubGlobal('fetch', async (url: URL) => {
    asked.push(url.href);
    return new Response(null, { status: 302, headers: { location: 'http://files.example.org/model' } });
  });
  try {
    await expect(pullFrom([serve(content)], { mirror: 'https://models.example.org/' })).rejects.toMatchObject({
      code: 'mirror-answer-wrong',
    });
    expect(asked).toEqual([`https://models.example.org/${FINAL}`]);
  } finally {
    vi.unstubAllGlobals();
  }
});

