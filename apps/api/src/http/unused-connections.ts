import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Time for the request of a connection that is opened while the server closes: it is told that the server is going away. */
const FIRST_BYTE_MILLISECONDS_MAX = 1000;

/**
 * Ends connections over which nothing was ever sent. Browsers and HTTP clients open some in advance. Node counts them as busy, so each would hold
 * up the end of the server until the last moment.
 *
 * Returns what the server calls when it begins to close.
 */
export function endUnusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  let closing = false;
  const endUnlessUsed = (socket: Socket): void => {
    if (socket.bytesRead === 0) socket.destroy();
  };
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
    if (closing) setTimeout(endUnlessUsed, FIRST_BYTE_MILLISECONDS_MAX, socket).unref();
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  server.on('upgrade', ({ socket }) => unused.delete(socket));
  return () => {
    closing = true;
    for (const socket of unused) endUnlessUsed(socket);
  };
}
