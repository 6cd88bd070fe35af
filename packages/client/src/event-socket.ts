import { createClient } from 'graphql-ws/client';
import { setBackgroundTimer } from './background-timer.js';
import { documents } from './documents.js';
import { aborted, ClientError, unreachable } from './errors.js';
import { type Connection, errorOfGraphql } from './graphql-request.js';
import type { StreamRequest, WireEvent } from './stream-request.js';

/** A connection that does not answer a ping is dead. */
const PING_MILLISECONDS = 15_000;
const PONG_MILLISECONDS_MAX = 10_000;
/** What the server closes with when the key is wrong. */
const FORBIDDEN_CODE = 4403;

/** One connection by the graphql-transport-ws protocol. */
export async function* streamOverSocket({
  connection,
  id,
  after,
  signal,
  webSocket,
}: StreamRequest): AsyncGenerator<WireEvent, void> {
  if (webSocket === undefined) {
    throw new ClientError('invalid-input', 'There is no WebSocket here: leave the transport to its default.');
  }
  let stopWaiting = (): void => undefined;
  const client = createClient({
    url: `${connection.url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: webSocket,
    connectionParams: { authorization: `Bearer ${connection.apiKey}` },
    // Whoever follows counts the tries and knows where to go on.
    retryAttempts: 0,
    keepAlive: PING_MILLISECONDS,
    on: {
      ping: (isReceived) => {
        if (!isReceived) stopWaiting = setBackgroundTimer(() => client.terminate(), PONG_MILLISECONDS_MAX);
      },
      pong: () => stopWaiting(),
      closed: () => stopWaiting(),
    },
  });
  const stop = (): void => void client.dispose();
  const variables = { id, after: after ?? null };
  const results = client.iterate<{ event: WireEvent }>({ query: documents.transcriptionEvents, variables });
  const abort = (): void => {
    stop();
    void results.return?.();
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    for await (const { data, errors } of results) {
      const [error] = errors ?? [];
      if (error) throw errorOfGraphql(200, error);
      if (data) yield data.event;
    }
    if (signal?.aborted) throw aborted('Following', signal.reason);
  } catch (error) {
    throw describeFailure(error, connection);
  } finally {
    signal?.removeEventListener('abort', abort);
    stopWaiting();
    stop();
  }
}

function describeFailure(error: unknown, { url }: Connection): unknown {
  if (error instanceof ClientError) return error;
  if (Array.isArray(error)) {
    return errorOfGraphql(200, error[0] as { message: string; extensions?: object });
  }
  const { code, reason } = error as { code?: unknown; reason?: string };
  if (code === FORBIDDEN_CODE) return new ClientError('not-allowed', 'The server refused the API key.');
  return unreachable(
    url,
    new Error(typeof code === 'number' ? `closed with ${code} ${reason ?? ''}`.trim() : String(error)),
  );
}
