import type { FastifyInstance } from 'fastify';
import { GraphQLError, type ExecutionArgs, type ExecutionResult, type FormattedExecutionResult } from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Viewer } from '../access/viewer.js';
import type { Services } from '../graphql/context.js';
import { formatErrors } from '../graphql/format-errors.js';
import { createLoaders } from '../graphql/loaders.js';
import { describeExcessLength } from '../graphql/query-limits.js';
import { requestError } from '../graphql/request-error.js';
import type { HostContext } from '../graphql/host-context.js';
import type { GraphqlServer } from '../graphql/yoga.js';
import { authenticate, SESSION_COOKIE, type Credentials } from './authentication.js';

const MESSAGE_BYTES_MAX = 1_000_000;
const INIT_MILLISECONDS_MAX = 5_000;
/** A console has one; a page that follows many jobs still has one for each. */
const OPERATIONS_MAX = 20;
/** A subscriber that neither reads nor answers is dropped after two of these. */
const PING_MILLISECONDS = 12_000;
/** "Service restart": clients of graphql-ws come back by themselves. */
const RESTART_CODE = 1012;

export interface GraphqlSocketOptions {
  readonly services: Services;
  readonly yoga: GraphqlServer;
  readonly isAllowedOrigin: (origin: string) => boolean;
  readonly stopping: AbortSignal;
}

type SocketContext = Context<Record<string, unknown>, Extra>;
/** Yoga's envelope puts its wrapped functions beside the arguments; they carry limits, deadline and masking. */
type WrappedArguments = ExecutionArgs & Record<'wrappedExecute' | 'wrappedSubscribe', (args: ExecutionArgs) => unknown>;

/**
 * GraphQL over WebSocket (graphql-transport-ws) at /graphql: the same operations, limits and resume argument as over HTTP.
 *
 * Signed in by the session cookie, an Authorization header, or `connectionParams: { authorization: 'Bearer vt_…' }` where a page cannot set headers. A page of
 * another origin is refused before the connection is there. A slow reader slows its own events only: the next is pulled when the last one was taken.
 */
export function registerGraphqlSocket(app: FastifyInstance, options: GraphqlSocketOptions): void {
  const { services, isAllowedOrigin, stopping } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, clientTracking: true });
  const disposable = useServer(handlers(app, options), server, PING_MILLISECONDS);

  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const { origin } = request.headers;
    if (pathname !== '/graphql') return refuse(socket, 404);
    if (stopping.aborted) return refuse(socket, 503);
    if (origin !== undefined && !isAllowedOrigin(origin)) return refuse(socket, 403);
    server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request));
  });
  stopping.addEventListener('abort', () => {
    for (const client of server.clients) client.close(RESTART_CODE, 'The server restarts.');
  });
  app.addHook('onClose', async () => {
    for (const client of server.clients) client.terminate();
    await Promise.resolve(disposable.dispose()).catch((error: unknown) => {
      services.logger.debug({ error }, 'The WebSocket server was closed already.');
    });
  });
}

interface Connection {
  readonly viewer: Viewer;
  /** Aborts when the connection is closed: the waits of its operations end. */
  readonly closed: AbortController;
}

function handlers(app: FastifyInstance, { services, yoga }: GraphqlSocketOptions) {
  const connections = new WeakMap<object, Connection>();
  return {
    connectionInitWaitTimeout: INIT_MILLISECONDS_MAX,
    async onConnect({ extra, connectionParams }: SocketContext): Promise<boolean> {
      try {
        const viewer = await authenticate(credentialsOf(app, extra.request, connectionParams), services.access);
        connections.set(extra.socket, { viewer, closed: new AbortController() });
        return true;
      } catch {
        // Closes with 4403: the protocol has no place for more.
        return false;
      }
    },
    onClose({ extra }: SocketContext): void {
      connections.get(extra.socket)?.closed.abort();
    },
    async onSubscribe(
      { extra, subscriptions }: SocketContext,
      _id: string,
      params: SubscribePayload,
    ): Promise<ExecutionArgs | readonly GraphQLError[]> {
      const connection = connections.get(extra.socket);
      if (connection === undefined) throw new Error('An operation came before the connection was accepted.');
      if (Object.keys(subscriptions).length > OPERATIONS_MAX) {
        const message = `A connection may have ${OPERATIONS_MAX} operations at once. Open another one.`;
        return [requestError('limit-exceeded', message)];
      }
      const context: HostContext = {
        services,
        viewer: connection.viewer,
        loaders: createLoaders(services.db),
        requestId: randomUUID(),
        signal: connection.closed.signal,
        traceParent: undefined,
        operation: undefined,
        isUpload: false,
        stageTimes: new Map(),
        streamed: {},
      };
      const envelope = yoga.getEnveloped({ ...context, params });
      try {
        const excess = describeExcessLength(params.query);
        if (excess !== undefined) throw requestError('limit-exceeded', excess);
        const args = {
          schema: envelope.schema as ExecutionArgs['schema'],
          operationName: params.operationName,
          document: envelope.parse(params.query) as ExecutionArgs['document'],
          variableValues: params.variables,
          contextValue: await envelope.contextFactory(),
          wrappedExecute: envelope.execute,
          wrappedSubscribe: envelope.subscribe,
        } as unknown as WrappedArguments;
        const errors = envelope.validate(args.schema, args.document) as GraphQLError[];
        return errors.length > 0 ? formatted(errors, context) : args;
      } catch (error) {
        return formatted(
          [error instanceof GraphQLError ? error : requestError('document-invalid', String(error))],
          context,
        );
      }
    },
    execute: (args: ExecutionArgs) => (args as WrappedArguments).wrappedExecute(args) as Promise<ExecutionResult>,
    subscribe: (args: ExecutionArgs) =>
      (args as WrappedArguments).wrappedSubscribe(args) as Promise<AsyncIterableIterator<ExecutionResult>>,
    onNext: (
      _context: SocketContext,
      _id: string,
      _payload: unknown,
      args: ExecutionArgs,
      // The library's type differs from GraphQL's in an optional "undefined" only.
      result: { [Name in keyof ExecutionResult]: ExecutionResult[Name] | undefined },
    ): FormattedExecutionResult => {
      const { requestId } = args.contextValue as HostContext;
      const { errors, ...rest } = formatErrors(result as ExecutionResult, requestId);
      return { ...rest, ...(errors && { errors: errors.map((error) => error.toJSON()) }) };
    },
  };
}

function formatted(errors: readonly GraphQLError[], { requestId }: HostContext): readonly GraphQLError[] {
  return formatErrors({ errors }, requestId).errors ?? errors;
}

/** What the handshake carried counts before what the first message says. */
function credentialsOf(
  app: FastifyInstance,
  { headers }: IncomingMessage,
  connectionParams: Record<string, unknown> | undefined,
): Credentials {
  const said = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  return {
    authorization: headers.authorization ?? (typeof said === 'string' ? said : undefined),
    session: app.parseCookie(headers.cookie ?? '')[SESSION_COOKIE],
  };
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
