import postgres from 'postgres';
import { connectionOptions } from '@voice-transcriber/db';
import { EVENTS_CHANNEL } from './append-event.js';

/** Called with the payload of a notification; with undefined after a reconnect, when anything may have been missed. */
export type RingListener = (payload: string | undefined) => void;

/**
 * One LISTEN connection for a whole process.
 *
 * A ring says only "look again": it may come late, twice, or (while the connection is away) never, so whoever listens also polls.
 */
export interface EventBell {
  /** Returns a function that stops the listening. */
  onRing(listener: RingListener): () => void;
  /** Resolves when the first LISTEN is in place; never rejects. */
  readonly ready: Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

const RETRY_MILLISECONDS = 1000;

/** Listens on `channel` (default: the channel of events) and goes on listening through every restart of the database. */
export function createEventBell(
  databaseUrl: string,
  { channel = EVENTS_CHANNEL }: { channel?: string } = {},
): EventBell {
  const listeners = new Set<RingListener>();
  const options = connectionOptions('voice-transcriber-bell');
  const client = postgres(databaseUrl, { ...options, max: 1, max_lifetime: null });
  let closed: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  const ring: RingListener = (payload) => {
    for (const listener of listeners) listener(payload);
  };

  /** The driver listens again by itself after a lost connection; only the first LISTEN has to be repeated here. */
  const listen = async (settle: () => void): Promise<void> => {
    try {
      await client.listen(channel, ring, () => ring(undefined));
      settle();
    } catch {
      if (closed) return settle();
      retry = setTimeout(() => void listen(settle), RETRY_MILLISECONDS);
    }
  };

  return {
    ready: new Promise((resolve) => void listen(resolve)),
    onRing(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearTimeout(retry);
      listeners.clear();
      return (closed ??= client.end({ timeout: 1 }));
    },
  };
}
