import { randomInt } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly url: string;
  /** `cutsLeft` is for the test to set. */
  readonly state: { cutsLeft: number; cutsMade: number };
  /** Breaks off everything that is open, as a network would. */
  cutAll(): void;
  close(): Promise<void>;
}

/** Passes everything through, and breaks connections after a random number of the client's bytes, as long as there are cuts left. */
export async function startCuttingProxy(apiUrl: string): Promise<CuttingProxy> {
  const target = new URL(apiUrl);
  const sockets = new Set<Socket>();
  const state = { cutsLeft: 0, cutsMade: 0 };
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let bytesLeft = state.cutsLeft > 0 ? randomInt(1000, 700_000) : Infinity;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
        sockets.delete(socket);
      });
    }
    client.on('data', (data) => {
      bytesLeft -= data.length;
      if (bytesLeft > 0) return void upstream.write(data);
      state.cutsLeft -= 1;
      state.cutsMade += 1;
      client.destroy();
    });
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    cutAll,
    async close() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
