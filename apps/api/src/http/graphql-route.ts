import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLParams } from 'graphql-yoga';
import { z } from 'zod';
import type { Viewer } from '../access/viewer.js';
import type { Services } from '../graphql/context.js';
import { createLoaders } from '../graphql/loaders.js';
import type { HostContext } from '../graphql/host-context.js';
import { describeExcessLength } from '../graphql/query-limits.js';
import { describeStageTimes } from '../graphql/stage-times.js';
import type { GraphqlServer } from '../graphql/yoga.js';
import { assertScope, authenticate, credentialsOf } from './authentication.js';
import { sendEventStream } from './event-stream.js';
import { leaveBodyAfterAnswer } from './leave-body.js';
import { assertDiskHasRoom, assertLengthAllowed, readMultipartOperation } from './multipart-operation.js';
import { assertOwnOrigin } from './origins.js';
import { RequestProblem } from './request-problem.js';
import { watchForStall } from './stall-watch.js';
import { uploadKindOf } from './upload-kind.js';
import type { UploadSlots } from './upload-slots.js';

const operationSchema = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});

export interface GraphqlRouteOptions {
  readonly services: Services;
  readonly yoga: GraphqlServer;
  readonly slots: UploadSlots;
  readonly isAllowedOrigin: (origin: string) => boolean;
  /** Aborts when the server shuts down: streams break off, so that their subscribers come back to another server. */
  readonly stopping: AbortSignal;
}

/** GET and POST /graphql. Who asks and from where is settled before a byte of the body is read. */
export function registerGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const { services, yoga, isAllowedOrigin } = options;

  const answer = async (request: FastifyRequest, reply: FastifyReply, context: HostContext): Promise<void> => {
    const response = await yoga.fetch(toFetchRequest(request), context);
    if (context.streamed.results !== undefined) {
      await answerWithStream(reply, context.streamed.results, options.stopping);
      return;
    }
    await reply
      .code(response.status)
      .headers(Object.fromEntries(response.headers))
      .header('server-timing', describeStageTimes(context.stageTimes))
      .send(Buffer.from(await response.arrayBuffer()));
  };

  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: async (request, reply) => {
      // Also the refusals below come before the body.
      if (isMultipart(request)) leaveBodyAfterAnswer(request.raw, reply.raw);
      // The page that shows GraphiQL holds no data; each request it makes is authorised.
      if (isForGraphiql(request)) return;
      assertOwnOrigin(request, isAllowedOrigin);
      request.viewer = await authenticate(credentialsOf(request), services.access);
    },
    handler: async (request, reply) => {
      const gone = abortWhenClosed(reply);
      if (isMultipart(request)) {
        await receiveUpload(request, reply, options, gone, answer);
        return reply;
      }
      const operation = request.method === 'POST' ? parseOperation(request.body) : undefined;
      await answer(
        request,
        reply,
        createContext(services, request, { operation, isUpload: false, signal: gone.signal }),
      );
      return reply;
    },
  });
}

async function receiveUpload(
  request: FastifyRequest,
  reply: FastifyReply,
  { services, slots }: GraphqlRouteOptions,
  gone: AbortController,
  answer: (request: FastifyRequest, reply: FastifyReply, context: HostContext) => Promise<void>,
): Promise<void> {
  const { stallSeconds } = services.config.upload;
  const { scope, fileBytesMax, limitVariable } = uploadKindOf(request.url, services.config);
  assertScope(viewerOf(request), scope);
  assertLengthAllowed(request.raw, { fileBytesMax, limitVariable });
  const giveBack = slots.take();
  reply.raw.once('close', giveBack);
  assertDiskHasRoom(request.raw, { freeBytes: await services.storage.freeBytes() });
  const stopWatching = watchForStall(request.raw.socket, { stallSeconds }, () => gone.abort('upload-stalled'));
  request.raw.once('end', stopWatching);
  try {
    const operation = await readMultipartOperation(request.raw, reply.raw, { fileBytesMax, signal: gone.signal });
    const context = { operation: parseOperation(operation), isUpload: true, signal: gone.signal };
    await answer(request, reply, createContext(services, request, context));
  } finally {
    stopWatching();
  }
}

async function answerWithStream(
  reply: FastifyReply,
  results: AsyncIterable<object>,
  stopping: AbortSignal,
): Promise<void> {
  reply.hijack();
  // Hijacking leaves out what was set on the reply: the permission for the console's origin must come along.
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  await sendEventStream(reply.raw, results, { signal: stopping });
}

function createContext(
  services: Services,
  request: FastifyRequest,
  own: Pick<HostContext, 'operation' | 'isUpload' | 'signal'>,
): HostContext {
  const loaders = createLoaders(services.db);
  const { traceparent } = request.headers;
  const traceParent = typeof traceparent === 'string' ? traceparent : undefined;
  return {
    ...own,
    services,
    viewer: viewerOf(request),
    loaders,
    requestId: request.id,
    traceParent,
    streamed: {},
    stageTimes: new Map(),
  };
}

/** GraphiQL's page is the one request without a viewer; it executes nothing. */
function viewerOf(request: FastifyRequest): Viewer {
  return request.viewer ?? { name: 'nobody', scope: 'read', apiKeyId: undefined, by: 'session' };
}

function abortWhenClosed(reply: FastifyReply): AbortController {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort('upload-aborted'));
  return controller;
}

function parseOperation(body: unknown): GraphQLParams {
  const operation = operationSchema.safeParse(body);
  if (!operation.success) {
    throw new RequestProblem(
      400,
      'request-invalid',
      'Send one JSON object with "query", and "variables" and "operationName" if there are any.',
    );
  }
  const { query, operationName, variables, extensions } = operation.data;
  const excess = describeExcessLength(query);
  if (excess !== undefined) throw new RequestProblem(413, 'request-too-large', excess);
  return {
    query,
    ...(operationName && { operationName }),
    ...(variables && { variables }),
    ...(extensions && { extensions }),
  };
}

function toFetchRequest(request: FastifyRequest): Request {
  const headers = new Headers();
  for (const name of ['accept', 'content-type']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return new Request(new URL(request.url, 'http://localhost'), { method: request.method, headers });
}

function isMultipart(request: FastifyRequest): boolean {
  return request.headers['content-type']?.toLowerCase().startsWith('multipart/form-data') === true;
}

function isForGraphiql(request: FastifyRequest): boolean {
  return (
    request.method === 'GET' &&
    request.headers.accept?.includes('text/html') === true &&
    new URL(request.url, 'http://localhost').search === ''
  );
}
