import type { AnyVariables, Client, CombinedError, TypedDocumentNode } from 'urql';
import { onEnd, pipe, subscribe } from 'wonka';
import { isServerFailure, isSessionLost } from './session-errors';

export type StreamStatus = 'connecting' | 'live' | 'reconnecting' | 'finished';

export interface StreamOptions<Data, Variables extends AnyVariables> {
  readonly client: Client;
  readonly document: TypedDocumentNode<Data, Variables>;
  /** Asked at every (re)connection, so that a stream resumes behind the last event it has seen. */
  readonly variables: () => Variables;
  readonly onData: (data: Data) => void;
  readonly onStatus: (status: StreamStatus) => void;
  /** The server understood and said no: trying again would not help. */
  readonly onRefused?: (error: CombinedError) => void;
  /** Asked when the server ends the stream: true means that nothing more can come. Otherwise it is opened again. */
  readonly isFinished?: () => boolean;
  /** A connection that is silent for longer counts as dead. Only for streams with a heartbeat. */
  readonly silenceSecondsMax?: number;
}

const RECONNECT_MILLISECONDS_MIN = 500;
const RECONNECT_MILLISECONDS_MAX = 10_000;

function reconnectDelay(failures: number): number {
  const ceiling = Math.min(RECONNECT_MILLISECONDS_MAX, RECONNECT_MILLISECONDS_MIN * 2 ** failures);
  return ceiling * (0.5 + Math.random() / 2);
}

/** Follows a subscription until stopped, through every lost connection. Returns the function that stops it (idempotent). */
export function followStream<Data, Variables extends AnyVariables>(
  options: StreamOptions<Data, Variables>,
): () => void {
  let failures = 0;
  let stopped = false;
  let disconnect: (() => void) | undefined;
  let reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  let silenceTimer: ReturnType<typeof setTimeout> | undefined;

  function watchSilence(): void {
    clearTimeout(silenceTimer);
    if (options.silenceSecondsMax !== undefined) silenceTimer = setTimeout(reconnect, options.silenceSecondsMax * 1000);
  }

  function close(): void {
    clearTimeout(reconnectTimer);
    clearTimeout(silenceTimer);
    const end = disconnect;
    disconnect = undefined;
    end?.();
  }

  function stop(): void {
    stopped = true;
    window.removeEventListener('online', connect);
    close();
  }

  function reconnect(): void {
    if (stopped) return;
    close();
    options.onStatus('reconnecting');
    reconnectTimer = setTimeout(connect, reconnectDelay(failures));
    failures += 1;
  }

  function refuse(error: CombinedError): void {
    stop();
    if (!isSessionLost(error)) options.onRefused?.(error);
  }

  function connect(): void {
    if (stopped) return;
    close();
    // Set before subscribing: an answer may come in the same turn, before `subscribe` has returned.
    let current = true;
    watchSilence();
    const subscription = pipe(
      options.client.subscription(options.document, options.variables()),
      onEnd(() => {
        if (!current || stopped) return;
        if (options.isFinished?.() === true) {
          stop();
          options.onStatus('finished');
        } else reconnect();
      }),
      subscribe(({ data, error }) => {
        if (!current || stopped) return;
        if (error !== undefined) return isServerFailure(error) && !isSessionLost(error) ? reconnect() : refuse(error);
        if (data === undefined || data === null) return;
        failures = 0;
        watchSilence();
        options.onStatus('live');
        options.onData(data);
      }),
    );
    const end = () => {
      current = false;
      subscription.unsubscribe();
    };
    if (current && !stopped) disconnect = end;
    else end();
  }

  window.addEventListener('online', connect);
  options.onStatus('connecting');
  connect();
  return stop;
}
