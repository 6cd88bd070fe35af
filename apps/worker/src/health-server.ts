import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HealthServer {
  readonly port: number;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface HealthOptions {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Undefined: not shown. */
  readonly instanceId: string | undefined;
  /** What is wrong, or undefined. */
  readonly findProblem: () => string | undefined;
}

/** `/livez`: the process answers. `/readyz`: it can take work; 503 with the reason when not. */
export async function startHealthServer({ host, port, instanceId, findProblem }: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const problem = request.url === '/readyz' ? findProblem() : undefined;
    const known = request.url === '/livez' || request.url === '/readyz';
    response.writeHead(known ? (problem === undefined ? 200 : 503) : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? { ok: problem === undefined, problem, instanceId } : { ok: false }));
  });
  server.requestTimeout = 5000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
