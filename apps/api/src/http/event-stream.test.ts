import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { sendEventStream } from './event-stream.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function open(
  results: AsyncIterable<object>,
  options: Parameters<typeof sendEventStream>[2],
): Promise<IncomingMessage> {
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    void sendEventStream(response, results, options);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject).end();
  });
}

async function* quiet(): AsyncGenerator<object> {
  await new Promise((resolve) => setTimeout(resolve, 120));
  yield { data: { done: true } };
}

test('a stream that has nothing to say is kept alive by pings, then goes on', async () => {
  const response = await open(quiet(), { pingMilliseconds: 20 });
  let text = '';
  for await (const piece of response) text += String(piece);
  expect(text.split(':\n\n').length).toBeGreaterThan(3);
  expect(text.endsWith('event: next\ndata: {"data":{"done":true}}\n\nevent: complete\ndata:\n\n')).toBe(true);
});

test('a subscriber that reads nothing is cut off after its time, having cost a bounded number of results', async () => {
  let pulled = 0;
  let ended = false;
  async function* endless(): AsyncGenerator<object> {
    try {
      for (;;) {
        pulled += 1;
        yield { data: 'x'.repeat(100_000) };
      }
    } finally {
      ended = true;
    }
  }
  const response = await open(endless(), { unreadMillisecondsMax: 200 });
  response.pause();
  response.on('error', () => undefined);
  await expect.poll(() => ended, { timeout: 5000 }).toBe(true);
  // What fits into the buffers of two sockets.
  expect(pulled).toBeLessThan(200);
});
