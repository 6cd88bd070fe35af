import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { requestOutside } from './request-outside.js';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://localhost:${String((server.address() as AddressInfo).port)}`;
}

const get = { method: 'GET', allowPrivate: true, redirectsMax: 3, secondsMax: 5 } as const;

test('an allowed address answers, with the body that was sent to it', async () => {
  const url = await listen((request, response) => {
    void text(request).then((body) => response.end(`${String(request.method)} ${body}`));
  });
  const answer = await requestOutside(url, { ...get, method: 'POST', body: 'hello' });
  expect([answer.status, await text(answer.body)]).toEqual([200, 'POST hello']);
});

test.each([
  ['a name that leads to this machine', (port: string) => `http://localhost:${port}/`],
  ['its IPv4 address', (port: string) => `http://127.0.0.1:${port}/`],
  ['a number that means it', (port: string) => `http://2130706433:${port}/`],
  ['its mapped address', (port: string) => `http://[::ffff:127.0.0.1]:${port}/`],
])('%s is refused before a byte is sent', async (_name, address) => {
  let requests = 0;
  const url = await listen((_request, response) => {
    requests += 1;
    response.end();
  });
  const refused = requestOutside(address(new URL(url).port), { ...get, allowPrivate: false });
  await expect(refused).rejects.toMatchObject({ code: 'address-refused' });
  expect(requests).toBe(0);
});

test.each(['file:///etc/passwd', 'ftp://example.org/', 'http://user:secret@example.org/', 'no address'])(
  '%s is no address for us',
  async (address) => {
    await expect(requestOutside(address, get)).rejects.toMatchObject({ code: 'url-invalid' });
  },
);

test('redirects are followed, a limited number of times, and not to other protocols', async () => {
  const url = await listen((request, response) => {
    const left = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('left'));
    if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else if (left > 0) response.writeHead(302, { location: `/?left=${String(left - 1)}` }).end();
    else response.end('there');
  });
  const answer = await requestOutside(`${url}/?left=3`, get);
  expect(await text(answer.body)).toBe('there');
  await expect(requestOutside(`${url}/?left=4`, get)).rejects.toMatchObject({ code: 'redirects-too-many' });
  await expect(requestOutside(`${url}/file`, get)).rejects.toMatchObject({ code: 'url-invalid' });
  const redirect = await requestOutside(`${url}/?left=1`, { ...get, redirectsMax: 0 });
  redirect.body.destroy();
  expect(redirect.status).toBe(302);
});

test('the deadline counts for the head and for the body, and an abort ends both', async () => {
  const silent = await listen(() => undefined);
  const late = requestOutside(silent, { ...get, secondsMax: 0.2 });
  await expect(late).rejects.toMatchObject({ code: 'deadline-exceeded' });
  const dripping = await listen((_request, response) => void response.write('one'));
  const answer = await requestOutside(dripping, { ...get, secondsMax: 0.3 });
  await expect(text(answer.body)).rejects.toMatchObject({ code: 'deadline-exceeded' });
  const controller = new AbortController();
  const broken = requestOutside(silent, { ...get, signal: controller.signal });
  controller.abort();
  await expect(broken).rejects.toMatchObject({ code: 'connection-failed' });
});

test('nobody there, and a name that does not exist, are told apart', async () => {
  await expect(requestOutside('http://127.0.0.1:1/', get)).rejects.toMatchObject({ code: 'connection-failed' });
  await expect(requestOutside('http://nothing.invalid/', get)).rejects.toMatchObject({ code: 'name-unknown' });
});
