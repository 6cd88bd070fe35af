import type { FastifyInstance } from 'fastify';
import type { Config } from '@voice-transcriber/config';
import { sendMetrics, showsToken, type ApiMetrics, type MetricsRegistry } from '@voice-transcriber/telemetry/metrics';
import type { AccessControl } from '../access/access-control.js';
import { assertScope, authenticate } from './authentication.js';

export interface MetricsRouteOptions {
  readonly metrics: ApiMetrics;
  readonly metricsRegistry: MetricsRegistry;
  readonly access: AccessControl;
  readonly config: Config;
}

/**
 * GET /metrics, for METRICS_TOKEN or any API key. A session does not do: no page needs it. Also times every request, under the pattern of its route, because
 * addresses are endless.
 */
export function registerMetricsRoutes(app: FastifyInstance, options: MetricsRouteOptions): void {
  const { metrics, metricsRegistry, access, config } = options;
  app.addHook('onResponse', async (request, reply) => {
    // Those last as long as their subscriber stays.
    if (String(reply.raw.getHeader('content-type') ?? '').startsWith('text/event-stream')) return;
    const route = request.routeOptions.url ?? 'unmatched';
    const status = `${Math.floor(reply.raw.statusCode / 100)}xx`;
    metrics.requestEnded({ method: request.method, route, status }, reply.elapsedTime / 1000);
  });
  app.get('/metrics', async (request, reply) => {
    const { authorization } = request.headers;
    const { token } = config.metrics;
    if (token === undefined || !showsToken(authorization, token))
      assertScope(await authenticate({ authorization, session: undefined }, access), 'read');
    const { status, headers, body } = await sendMetrics(metricsRegistry);
    return reply.code(status).headers(headers).send(body);
  });
}
