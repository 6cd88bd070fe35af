import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { endUnusedConnections } from './unused-connections.js';

test('a closing server ends connections over which nothing was sent, and lets a request that has begun have its answer', async () => {
  let answer = (): void => undefined;
  const server = createServer((_request, response) => {
    answer = () => response.end('answered');
  });
  const endUnused = endUnusedConnections(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const silent = connect(port, '127.0.0.1');
  await Promise.all([once(silent, 'connect'), once(server, 'connection')]);
  const busy = connect(port, '127.0.0.1');
  busy.write('GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n');
  await once(server, 'request');

  const closed = once(server, 'close');
  server.close();
  endUnused();
  await once(silent, 'close');
  expect(busy.destroyed).toBe(false);
  answer();
  expect(await text(busy)).toContain('answered');
  await closed;
});
