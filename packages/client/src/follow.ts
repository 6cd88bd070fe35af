import { setTimeout as delay } from 'node:timers/promises';
import { createClient as createSseClient, NetworkError } from 'graphql-sse';
import { documents } from './documents.js';
import { ClientError, errorOfStatus, unreachable } from './errors.js';
import { type Connection, errorOfGraphql } from './graphql-request.js';
import { linkSignals } from './linked-signal.js';
import { isTerminal, type TranscriptionEvent } from './types.js';

export interface FollowOptions {
  /** The last seq already seen: events behind it come, and no snapshot. */
  after?: number;
  signal?: AbortSignal;
  /** How long the server may be away before following is given up. Default 120 s. */
  unreachableSecondsMax?: number;
}

/** The server sends a ping every 12 s at least: a connection that is silent for this long is dead. */
const SILENCE_MILLISECONDS = 45_000;
const BACKOFF_MILLISECONDS = { first: 250, max: 5_000 };

const EVENT_TYPES = {
  TranscriptionSnapshot: 'snapshot',
  StateChanged: 'state-changed',
  SegmentsAppended: 'segments-appended',
  ProgressMade: 'progress-made',
  SegmentEdited: 'segment-edited',
  WarningRaised: 'warning-raised',
} as const;

type WireEvent = { __typename: keyof typeof EVENT_TYPES; seq: number };

/**
 * The events of one transcription up to its terminal state: a snapshot first, unless `after` is given, then each event once.
 * A lost connection is taken up again behind the last event. Throws ClientError.
 */
export async function* followTranscription(
  connection: Connection,
  id: string,
  { after, signal, unreachableSecondsMax = 120 }: FollowOptions = {},
): AsyncGenerator<TranscriptionEvent, void> {
  let lastSeq = after;
  let lastSuccess = Date.now();
  let waitMilliseconds = BACKOFF_MILLISECONDS.first;
  for (;;) {
    try {
      for await (const event of streamOnce(connection, id, lastSeq, signal)) {
        lastSuccess = Date.now();
        waitMilliseconds = BACKOFF_MILLISECONDS.first;
        if (lastSeq !== undefined && event.seq <= lastSeq && event.type !== 'snapshot') continue;
        lastSeq = event.seq;
        yield event;
        if (endsWith(event)) return;
      }
    } catch (error) {
      if (signal?.aborted) throw new ClientError('aborted', 'Following was aborted.', { cause: error });
      const passing = error instanceof ClientError && error.retry === 'later';
      if (!passing || Date.now() - lastSuccess > unreachableSecondsMax * 1000) throw error;
    }
    // A stream that ended in peace before the terminal state: the server is being restarted.
    await delay(waitMilliseconds, undefined, signal && { signal }).catch(() => undefined);
    waitMilliseconds = Math.min(waitMilliseconds * 2, BACKOFF_MILLISECONDS.max);
  }
}

async function* streamOnce(
  connection: Connection,
  id: string,
  after: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<TranscriptionEvent, void> {
  const abort = new AbortController();
  const client = createSseClient({
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
    signal?.throwIfAborted();
    const variables = { id, after: after ?? null };
    for await (const { data, errors } of client.iterate<{ event: WireEvent }>({
      query: documents.transcriptionEvents,
      variables,
    })) {
      const [error] = errors ?? [];
      if (error) throw errorOfGraphql(200, error);
      if (data) yield parseEvent(data.event);
    }
    // Disposing ends the iteration in peace.
    signal?.throwIfAborted();
  } catch (error) {
    throw await describeFailure(error, connection);
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** fetch that gives up on a connection over which nothing comes any more, pings included. */
async function fetchWatched(url: string, init: RequestInit, abort: AbortController): Promise<Response> {
  const silence = setTimeout(() => {
    abort.abort(new Error('The connection was silent for too long.'));
  }, SILENCE_MILLISECONDS);
  silence.unref();
  abort.signal.addEventListener(
    'abort',
    () => {
      clearTimeout(silence);
    },
    { once: true },
  );
  // Whoever follows aborts at the end in any case, which takes the listeners off again.
  const { signal } = linkSignals([init.signal, abort.signal]);
  const response = await fetch(url, { ...init, signal });
  if (!response.ok || !response.body) return response;
  const watched = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        silence.refresh();
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(watched, { status: response.status, headers: response.headers });
}

function parseEvent(event: WireEvent): TranscriptionEvent {
  const { __typename, ...fields } = event;
  return { type: EVENT_TYPES[__typename], ...fields } as TranscriptionEvent;
}

function endsWith(event: TranscriptionEvent): boolean {
  if (event.type === 'state-changed') return isTerminal(event.state);
  return event.type === 'snapshot' && isTerminal(event.transcription.state);
}

async function describeFailure(error: unknown, connection: Connection): Promise<unknown> {
  if (error instanceof ClientError) return error;
  if (error instanceof NetworkError && error.response) {
    const response = error.response as Response;
    const body = await response.text().catch(() => '');
    return errorOfStatus(response.status, body.slice(0, 200));
  }
  return unreachable(connection.url, error);
}
