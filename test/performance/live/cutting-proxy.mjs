import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Passes connections on to `port`. `cut` ends all of them at once, in the middle of whatever they carry. */
export async function startCuttingProxy(port) {
  const sockets = new Set();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: server.address().port,
    cut,
    async close() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
