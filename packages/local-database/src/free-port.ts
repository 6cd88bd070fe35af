import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems hand out by themselves (from 32768 on Linux, 49152 elsewhere): a port from there can go to any other socket between the
 * moment it was found and the moment its program listens. Browsers refuse none of these.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_767;
const PORTS_TRIED = 50;

/** A TCP port of the loopback address that nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  for (let tried = 1; ; tried += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if (tried === PORTS_TRIED) throw error;
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
