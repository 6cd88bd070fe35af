'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient, type AnyVariables, type TypedDocumentNode } from 'urql';
import { useConsoleEvents, type ConsoleEvent } from './console-stream';
import { describeError } from './session-errors';

interface LiveQueryOptions<Data, Variables extends AnyVariables> {
  readonly document: TypedDocumentNode<Data, Variables>;
  readonly variables: Variables;
  /** Asks again soon after such an event. */
  readonly renewedBy: readonly ConsoleEvent['__typename'][];
  /** Asks again after so many seconds anyway, for what no event tells. */
  readonly everySeconds: number;
}

export interface LiveQuery<Data> {
  /** The newest answer; undefined until the first. It stays when a later question fails. */
  readonly data: Data | undefined;
  readonly problem: string | undefined;
  readonly reload: () => void;
}

/** Events come in bursts; one question answers them all. */
const REFRESH_MILLISECONDS_MIN = 1000;

/** An answer that follows the console's live stream. */
export function useLiveQuery<Data, Variables extends AnyVariables>({
  document,
  variables,
  renewedBy,
  everySeconds,
}: LiveQueryOptions<Data, Variables>): LiveQuery<Data> {
  const client = useClient();
  const [data, setData] = useState<Data>();
  const [problem, setProblem] = useState<string>();
  const request = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const key = JSON.stringify(variables);

  const load = useCallback(async () => {
    const ticket = ++request.current;
    clearTimeout(timer.current);
    timer.current = undefined;
    const result = await client.query(document, JSON.parse(key) as Variables).toPromise();
    if (ticket !== request.current) return;
    if (result.data !== undefined) setData(result.data);
    setProblem(result.error === undefined ? undefined : describeError(result.error));
  }, [client, document, key]);

  useEffect(() => {
    void load();
    const interval = setInterval(() => void load(), everySeconds * 1000);
    return () => {
      request.current += 1;
      clearInterval(interval);
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [load, everySeconds]);

  useConsoleEvents((event) => {
    if (!renewedBy.includes(event.__typename) || timer.current !== undefined) return;
    timer.current = setTimeout(() => void load(), REFRESH_MILLISECONDS_MIN);
  });

  return { data, problem, reload: () => void load() };
}
