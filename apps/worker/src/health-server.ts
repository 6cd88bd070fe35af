import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerScrape, type MetricsRegistry } from '@voice-transcriber/telemetry/metrics';

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
  readonly metrics: MetricsRegistry;
  readonly metricsToken: string | undefined;
}

/** `/livez`: the process answers. `/readyz`: it can take work; 503 with the reason when not. `/metrics`: for whoever shows the token. */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const { host, port, instanceId, findProblem } = options;
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      sendMetrics(request, response, options).catch(() => response.destroy());
      return;
    }
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

async function sendMetrics(
  { headers: { authorization } }: IncomingMessage,
  response: ServerResponse,
  { metrics, metricsToken: token }: HealthOptions,
): Promise<void> {
  const { status, headers, body } = await answerScrape(metrics, { authorization, token });
  response.writeHead(status, headers);
  response.end(body);
}
