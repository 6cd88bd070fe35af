import { abortableDelay } from './abortable-delay.js';
import { aborted, isPassing } from './errors.js';
import { streamOverEvents } from './event-stream.js';
import { streamOverSocket } from './event-socket.js';
import type { Connection } from './graphql-request.js';
import { EVENT_TYPES, type WireEvent } from './stream-request.js';
import { isTerminal, type TranscriptionEvent } from './types.js';

export interface SubscribeOptions {
  /** The last seq already seen: events behind it come, and no snapshot. */
  after?: number | undefined;
  /** Server-sent events pass more proxies; a WebSocket takes none of the six connections that browsers allow without HTTP/2. Default 'events'. */
  transport?: 'events' | 'websocket' | undefined;
  signal?: AbortSignal | undefined;
  /** How long the server may be away before following is given up. Default 120 s. */
  unreachableSecondsMax?: number | undefined;
}

const BACKOFF_MILLISECONDS = { first: 250, max: 5_000 };

/**
 * The events of one transcription up to its terminal state: a snapshot first, unless `after` is given, then each event once.
 * A lost connection is taken up again behind the last event. Throws ClientError.
 */
export async function* subscribeToTranscription(
  { connection, webSocket }: { connection: Connection; webSocket: unknown },
  id: string,
  { after, transport = 'events', signal, unreachableSecondsMax = 120 }: SubscribeOptions = {},
): AsyncGenerator<TranscriptionEvent, void> {
  const streamOnce = transport === 'websocket' ? streamOverSocket : streamOverEvents;
  let lastSeq = after;
  let lastSuccess = Date.now();
  let waitMilliseconds = BACKOFF_MILLISECONDS.first;
  for (;;) {
    try {
      if (signal?.aborted) throw aborted('Following', signal.reason);
      for await (const wired of streamOnce({ connection, id, after: lastSeq, signal, webSocket })) {
        const event = parseEvent(wired);
        lastSuccess = Date.now();
        waitMilliseconds = BACKOFF_MILLISECONDS.first;
        if (lastSeq !== undefined && event.seq <= lastSeq && event.type !== 'snapshot') continue;
        lastSeq = event.seq;
        yield event;
        if (endsWith(event)) return;
      }
    } catch (error) {
      if (signal?.aborted) throw aborted('Following', error);
      if (!isPassing(error) || Date.now() - lastSuccess > unreachableSecondsMax * 1000) throw error;
    }
    // A stream that ended in peace before the terminal state: the server is being restarted.
    await abortableDelay(waitMilliseconds, signal);
    waitMilliseconds = Math.min(waitMilliseconds * 2, BACKOFF_MILLISECONDS.max);
  }
}

function parseEvent(event: WireEvent): TranscriptionEvent {
  const { __typename, ...fields } = event;
  const type = EVENT_TYPES[__typename];
  return { type, ...fields } as TranscriptionEvent;
}

function endsWith(event: TranscriptionEvent): boolean {
  if (event.type === 'state-changed') return isTerminal(event.state);
  return event.type === 'snapshot' && isTerminal(event.transcription.state);
}
