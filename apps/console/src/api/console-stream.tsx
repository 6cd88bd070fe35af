'use client';

import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import type { ConsoleEventsSubscription } from '../gql/graphql';
import { ConsoleEventsDocument } from './documents';
import { followStream, type StreamStatus } from './follow-stream';

export type ConsoleEvent = ConsoleEventsSubscription['consoleEvents'];
type Listener = (event: ConsoleEvent) => void;

interface ConsoleStream {
  readonly status: StreamStatus;
  /** Calls the listener with every event until the returned function is called. */
  readonly listen: (listener: Listener) => () => void;
}

/** Resources come once a second: this much silence means that the connection is dead without having said so. */
const SILENCE_SECONDS_MAX = 20;

const ConsoleStreamContext = createContext<ConsoleStream | undefined>(undefined);

/** The one live connection that the whole console shares: browsers allow six per server. */
export function ConsoleStreamProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const listeners = useRef(new Set<Listener>());
  const lastSnapshot = useRef<ConsoleEvent>(undefined);
  const [status, setStatus] = useState<StreamStatus>('connecting');

  const listen = useCallback((listener: Listener) => {
    listeners.current.add(listener);
    if (lastSnapshot.current !== undefined) listener(lastSnapshot.current);
    return () => void listeners.current.delete(listener);
  }, []);

  useEffect(
    () =>
      followStream({
        client,
        document: ConsoleEventsDocument,
        variables: () => ({}),
        onStatus: setStatus,
        silenceSecondsMax: SILENCE_SECONDS_MAX,
        onData: ({ consoleEvents }) => {
          if (consoleEvents.__typename === 'ConsoleSnapshot') lastSnapshot.current = consoleEvents;
          for (const listener of listeners.current) listener(consoleEvents);
        },
      }),
    [client],
  );

  const stream = useMemo(() => ({ status, listen }), [status, listen]);
  return <ConsoleStreamContext value={stream}>{children}</ConsoleStreamContext>;
}

export function useConsoleStream(): ConsoleStream {
  const stream = use(ConsoleStreamContext);
  if (stream === undefined) throw new Error('useConsoleStream needs a ConsoleStreamProvider above it.');
  return stream;
}

/** Calls `listener` with each event of the console. It may change from render to render: the newest is called. */
export function useConsoleEvents(listener: Listener): void {
  const { listen } = useConsoleStream();
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => listen((event) => newest.current(event)), [listen]);
}
