import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface DelayingProxy {
  /** Connection string that goes through the proxy. */
  readonly url: string;
  /** The ports by which the server knows the connections of this proxy: `client_port` of pg_stat_activity. */
  readonly ports: () => number[];
  close(): Promise<void>;
}

/**
 * Stands between one program and PostgreSQL and holds every answer back for a moment, as a network does: so the program spends much of each transaction
 * waiting, and can be caught there.
 */
export async function startDelayingProxy(
  databaseUrl: string,
  { delayMilliseconds }: { readonly delayMilliseconds: number },
): Promise<DelayingProxy> {
  const target = new URL(databaseUrl);
  const clients = new Set<Socket>();
  const upstreams = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    clients.add(client);
    upstreams.add(upstream);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
    }
    client.on('close', () => {
      clients.delete(client);
      upstream.destroy();
    });
    upstream.on('close', () => {
      upstreams.delete(upstream);
      setTimeout(() => client.destroy(), delayMilliseconds);
    });
    client.pipe(upstream);
    upstream.on('data', (data) => setTimeout(() => client.write(data), delayMilliseconds));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    ports: () => [...upstreams].flatMap(({ localPort }) => localPort ?? []),
    async close() {
      for (const socket of [...clients, ...upstreams]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
