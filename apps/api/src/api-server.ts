import cookie from '@fastify/cookie';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Viewer } from './access/viewer.js';
import type { Services } from './graphql/context.js';
import { createGraphqlServer } from './graphql/yoga.js';
import { registerFileRoutes } from './http/file-routes.js';
import { registerGraphqlRoute } from './http/graphql-route.js';
import { registerGraphqlSocket } from './http/graphql-socket.js';
import { registerHealthRoutes } from './http/health-routes.js';
import { registerMetricsRoutes } from './http/metrics-routes.js';
import { registerCrossOrigin } from './http/origins.js';
import { registerServerTiming } from './http/server-timing.js';
import { RequestProblem, sendProblem } from './http/request-problem.js';
import { registerUploadRoutes } from './http/upload-routes.js';
import { registerSignInRoutes } from './http/sign-in-routes.js';
import { endUnusedConnections } from './http/unused-connections.js';
import { createUploadSlots } from './http/upload-slots.js';
import { registerOpenAiRoutes } from './openai/openai-routes.js';

declare module 'fastify' {
  interface FastifyRequest {
    viewer: Viewer | undefined;
  }
}

const JSON_BYTES_MAX = 1_000_000;
const HEADERS_MILLISECONDS_MAX = 15_000;
const BODY_MILLISECONDS_MAX = 15_000;
/** Longer than the 60 s after which proxies drop idle connections, so that they never write into one that we are closing. */
const KEEP_ALIVE_MILLISECONDS = 72_000;

export interface ApiServer {
  readonly app: FastifyInstance;
  /** Address of this server itself; the port is the one really listened on. */
  readonly url: string;
  /** Turns /readyz to 503, ends streams, waits for what runs. Idempotent. */
  close(): Promise<void>;
}

/** Listens with every guard in place. The services stay the caller's to dispose of. */
export async function startApiServer(services: Services): Promise<ApiServer> {
  const { config, logger } = services;
  const instanceId = config.instanceIdIsExplicit ? config.instanceId : undefined;
  let closing: Promise<void> | undefined;
  let ownOrigins: readonly string[] = [];
  const isAllowedOrigin = (origin: string): boolean =>
    config.api.consoleOrigins.includes(origin) || ownOrigins.includes(origin);

  // Named by its base type: the library would carry the logger's own type through every signature.
  const baseLogger: FastifyBaseLogger = logger;
  const app = fastify({
    loggerInstance: baseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_BYTES_MAX,
    genReqId: () => randomUUID(),
    trustProxy: config.api.trustedProxies.length > 0 ? [...config.api.trustedProxies] : false,
    // An upload may take hours: its own watch ends it when it stalls. Other bodies have the deadline below.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
  });
  app.server.headersTimeout = HEADERS_MILLISECONDS_MAX;
  const endUnused = endUnusedConnections(app.server);
  app.decorateRequest('viewer', undefined);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    // On the bare answer: routes that write it themselves leave out what was set on the reply.
    if (instanceId !== undefined) reply.raw.setHeader('x-instance-id', instanceId);
  });
  registerCrossOrigin(app, isAllowedOrigin);
  registerServerTiming(app);
  await app.register(cookie);
  acceptBodies(app);
  answerFailures(app);

  registerMetricsRoutes(app, services);
  registerHealthRoutes(app, {
    orm: services.db.orm,
    instanceId,
    isShuttingDown: () => closing !== undefined,
  });
  registerSignInRoutes(app, {
    access: services.access,
    isAllowedOrigin,
    secureCookie: config.api.publicUrl.startsWith('https:'),
  });
  registerFileRoutes(app, services);
  const stopping = new AbortController();
  const slots = createUploadSlots(config.upload.concurrentMax);
  services.metrics.watchUploads({ slots: config.upload.concurrentMax, taken: () => slots.taken });
  registerUploadRoutes(app, { services, slots, isAllowedOrigin });
  await registerOpenAiRoutes(app, { services, slots, isAllowedOrigin });
  const yoga = createGraphqlServer(services);
  registerGraphqlRoute(app, { services, yoga, slots, isAllowedOrigin, stopping: stopping.signal });
  registerGraphqlSocket(app, { services, yoga, isAllowedOrigin, stopping: stopping.signal });

  await app.listen({ host: config.api.host, port: config.api.port });
  const { port } = app.server.address() as { port: number };
  // GraphiQL is a page of this server.
  ownOrigins = [`http://localhost:${port}`, `http://127.0.0.1:${port}`, new URL(config.api.publicUrl).origin];

  return {
    app,
    url: `http://${urlHost(config.api.host)}:${port}`,
    close: () => {
      stopping.abort();
      endUnused();
      return (closing ??= closeAll(app));
    },
  };
}

/** JSON is read here, within limits; a multipart body is left alone until its guards have passed; nothing else is accepted. */
function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parseJson);
  app.addContentTypeParser(/^multipart\/form-data/i, (_request, _payload, done) => done(null));
  app.addHook('preParsing', async (request, _reply, payload) => {
    if (request.headers['content-type']?.toLowerCase().startsWith('multipart/') === true) return payload;
    const timer = setTimeout(() => request.raw.destroy(), BODY_MILLISECONDS_MAX);
    const stop = (): void => clearTimeout(timer);
    payload.once('end', stop);
    payload.once('close', stop);
    return payload;
  });
}

function answerFailures(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, new RequestProblem(404, 'not-found', 'There is nothing at this address.')),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof RequestProblem) return sendProblem(reply, error);
    if (error.statusCode === 413) {
      const message = `The body is larger than ${JSON_BYTES_MAX} bytes. Files go as multipart requests.`;
      return sendProblem(reply, new RequestProblem(413, 'request-too-large', message));
    }
    if (error.statusCode === 415) {
      const message = 'Send application/json, or multipart/form-data with a file.';
      return sendProblem(reply, new RequestProblem(415, 'media-type-unsupported', message));
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return sendProblem(reply, new RequestProblem(error.statusCode, 'request-invalid', error.message));
    }
    request.log.error({ error }, 'A request failed');
    const message = 'The server failed. Try again; if it stays so, look into its log.';
    return sendProblem(reply, new RequestProblem(500, 'internal-error', message));
  });
}

const DRAIN_MILLISECONDS_MAX = 20_000;

async function closeAll(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_MILLISECONDS_MAX);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
