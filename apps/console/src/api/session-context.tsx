'use client';

import { createContext, use, useCallback, useEffect, useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import type { ViewerQuery } from '../gql/graphql';
import { ConsoleLoading } from '../shell/console-loading';
import { UnreachableState } from '../shell/unreachable-state';
import { ViewerDocument } from './documents';
import { describeError, isSessionLost } from './session-errors';

type Session = ViewerQuery;

const SessionContext = createContext<Session | undefined>(undefined);
const RETRY_SECONDS = 5;

/** Who is signed in, what they may do, and the limits of this server. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('useSession needs a SessionProvider above it.');
  return session;
}

/** Asks the API who is there and shows the console only to somebody. Access itself is decided by the API with every request. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const [session, setSession] = useState<Session>();
  const [problem, setProblem] = useState<string>();

  const load = useCallback(async () => {
    const { data, error } = await client.query(ViewerDocument, {}).toPromise();
    if (data !== undefined) {
      setSession(data);
      setProblem(undefined);
    } else if (error !== undefined && !isSessionLost(error)) setProblem(describeError(error));
  }, [client]);

  useEffect(() => {
    void load();
  }, [load]);

  useEffect(() => {
    if (problem === undefined) return undefined;
    const timer = setInterval(() => void load(), RETRY_SECONDS * 1000);
    return () => clearInterval(timer);
  }, [problem, load]);

  if (session !== undefined) return <SessionContext value={session}>{children}</SessionContext>;
  if (problem !== undefined) return <UnreachableState message={problem} onRetry={() => void load()} />;
  return <ConsoleLoading />;
}
