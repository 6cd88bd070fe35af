import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface DatabaseProxy {
  /** Connection string that goes through the proxy. */
  url: string;
  /** Statements that were executed since the last call. */
  takeCount(): number;
  close(): Promise<void>;
}

const EXECUTE = 'E'.charCodeAt(0);
const SIMPLE_QUERY = 'Q'.charCodeAt(0);

/** Stands between a program and PostgreSQL and counts the statements it executes, by the messages of the wire protocol. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  let count = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    const countMessages = createMessageReader((type) => {
      if (type === EXECUTE || type === SIMPLE_QUERY) count += 1;
    });
    client.on('data', countMessages);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    takeCount() {
      const taken = count;
      count = 0;
      return taken;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Cuts a stream into messages: a type and a length, but for the very first, which has no type. */
function createMessageReader(onMessage: (type: number) => void): (data: Buffer) => void {
  let pending = Buffer.alloc(0);
  let started = false;
  return (data) => {
    pending = Buffer.concat([pending, data]);
    for (;;) {
      const typeBytes = started ? 1 : 0;
      if (pending.length < typeBytes + 4) return;
      const messageBytes = typeBytes + pending.readUInt32BE(typeBytes);
      if (pending.length < messageBytes) return;
      if (started) onMessage(pending[0] ?? 0);
      started = true;
      pending = pending.subarray(messageBytes);
    }
  };
}
