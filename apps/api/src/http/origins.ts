import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestProblem } from './request-problem.js';

const ALLOWED_HEADERS =
  'authorization, content-type, accept, last-event-id, x-requested-with, tus-resumable, upload-length, upload-offset, upload-metadata, upload-defer-length, upload-concat';
const EXPOSED_HEADERS =
  'content-disposition, content-range, retry-after, x-request-id, location, tus-resumable, upload-offset, upload-length, upload-expires';
const PREFLIGHT_SECONDS = '600';

/** Answers for origins on the list only, and never reflects another. A preflight from elsewhere gets no permission. */
export function registerCrossOrigin(app: FastifyInstance, isAllowedOrigin: (origin: string) => boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    const allowed = origin !== undefined && isAllowedOrigin(origin);
    if (allowed) {
      reply.header('access-control-allow-origin', origin);
      reply.header('access-control-allow-credentials', 'true');
      reply.header('access-control-expose-headers', EXPOSED_HEADERS);
      reply.header('timing-allow-origin', origin);
    }
    if (request.method !== 'OPTIONS') return;
    if (allowed) {
      reply.header('access-control-allow-methods', 'GET, HEAD, POST, PATCH, DELETE');
      reply.header('access-control-allow-headers', ALLOWED_HEADERS);
      reply.header('access-control-max-age', PREFLIGHT_SECONDS);
    }
    return reply.code(204).send();
  });
}

/**
 * Refuses a request that a foreign page may have made the browser send. A request that carries its own API key cannot be forged that way;
 * everything else that is not a plain read must name an allowed origin. Runs before a byte of the body is read.
 */
export function assertOwnOrigin(request: FastifyRequest, isAllowedOrigin: (origin: string) => boolean): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.headers.authorization !== undefined) return;
  const { origin } = request.headers;
  if (origin !== undefined && isAllowedOrigin(origin)) return;
  const hasCookie = request.headers.cookie !== undefined;
  if (origin === undefined && !hasCookie) return;
  throw new RequestProblem(
    403,
    'origin-refused',
    'This page may not use the API with your session. Open the console at its own address, add the address to CONSOLE_ORIGINS, or send an API key.',
  );
}
