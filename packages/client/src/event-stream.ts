import { createClient, NetworkError } from 'graphql-sse';
import { setBackgroundTimer } from './background-timer.js';
import { documents } from './documents.js';
import { aborted, ClientError, unreachable } from './errors.js';
import { type Connection, errorOfAnswer, errorOfGraphql } from './graphql-request.js';
import { linkSignals } from './linked-signal.js';
import type { StreamRequest, WireEvent } from './stream-request.js';

/** The server sends a ping every 12 s at least: a connection that is silent for this long is dead. */
const SILENCE_MILLISECONDS = 45_000;

/** One connection by server-sent events. */
export async function* streamOverEvents({
  connection,
  id,
  after,
  signal,
}: StreamRequest): AsyncGenerator<WireEvent, void> {
  const abort = new AbortController();
  const client = createClient({
    url: `${connection.url}/graphql`,
    headers: { authorization: `Bearer ${connection.apiKey}` },
    retryAttempts: 0,
    fetchFn: (url: string, init: RequestInit) => fetchWatched(url, init, abort),
  });
  const stop = (): void => {
    abort.abort();
    client.dispose();
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const variables = { id, after: after ?? null };
    for await (const { data, errors } of client.iterate<{ event: WireEvent }>({
      query: documents.transcriptionEvents,
      variables,
    })) {
      const [error] = errors ?? [];
      if (error) throw errorOfGraphql(200, error);
      if (data) yield data.event;
    }
    // Disposing ends the iteration in peace.
    if (signal?.aborted) throw aborted('Following', signal.reason);
  } catch (error) {
    throw await describeFailure(error, connection);
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** fetch that gives up on a connection over which nothing comes any more, pings included. */
async function fetchWatched(url: string, init: RequestInit, abort: AbortController): Promise<Response> {
  let stopWatching = (): void => undefined;
  const watch = (): void => {
    stopWatching();
    stopWatching = setBackgroundTimer(
      () => abort.abort(new Error('The connection was silent for too long.')),
      SILENCE_MILLISECONDS,
    );
  };
  watch();
  abort.signal.addEventListener('abort', () => stopWatching(), { once: true });
  // Whoever follows aborts at the end in any case, which takes the listeners off again.
  const { signal } = linkSignals([init.signal, abort.signal]);
  const response = await fetch(url, { ...init, signal });
  if (!response.ok || !response.body) return response;
  const watched = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        watch();
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(watched, { status: response.status, headers: response.headers });
}

async function describeFailure(error: unknown, connection: Connection): Promise<unknown> {
  if (error instanceof ClientError) return error;
  if (error instanceof NetworkError && error.response) {
    const response = error.response as Response;
    return errorOfAnswer(response.status, await response.text().catch(() => ''));
  }
  return unreachable(connection.url, error);
}
