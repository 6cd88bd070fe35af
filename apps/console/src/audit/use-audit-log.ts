'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { describeError } from '../api/session-errors';
import type { AuditLogQuery } from '../gql/graphql';
import { AuditLogDocument } from './audit-documents';
import { withNewest, type AuditEntry } from './audit-entries';

interface AuditLog {
  readonly entries: readonly AuditEntry[] | undefined;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly problem: string | undefined;
  readonly reload: () => void;
  readonly loadMore: () => void;
}

const PAGE_SIZE = 50;
const REFRESH_SECONDS = 5;

/** The log from the newest entry down. New entries come on top by themselves; older ones when they are asked for. */
export function useAuditLog(enabled: boolean): AuditLog {
  const client = useClient();
  const [entries, setEntries] = useState<readonly AuditEntry[]>();
  const [end, setEnd] = useState<AuditLogQuery['auditLog']['pageInfo']>();
  const [problem, setProblem] = useState<string>();
  const [loadingMore, setLoadingMore] = useState(false);
  const mounted = useRef(true);

  const load = useCallback(async () => {
    const { data, error } = await client.query(AuditLogDocument, { first: PAGE_SIZE, after: null }).toPromise();
    if (!mounted.current) return;
    setProblem(error === undefined ? undefined : describeError(error));
    if (data === undefined) return;
    setEntries((known) => withNewest(known ?? [], data.auditLog.nodes));
    setEnd((known) => known ?? data.auditLog.pageInfo);
  }, [client]);

  const loadMore = useCallback(async () => {
    const after = end?.endCursor ?? null;
    setLoadingMore(true);
    const { data, error } = await client.query(AuditLogDocument, { first: PAGE_SIZE, after }).toPromise();
    if (!mounted.current) return;
    setLoadingMore(false);
    setProblem(error === undefined ? undefined : describeError(error));
    if (data === undefined) return;
    setEntries((known) => [...(known ?? []), ...data.auditLog.nodes]);
    setEnd(data.auditLog.pageInfo);
  }, [client, end]);

  useEffect(() => {
    mounted.current = true;
    if (!enabled) return undefined;
    void load();
    const timer = setInterval(() => void load(), REFRESH_SECONDS * 1000);
    return () => {
      mounted.current = false;
      clearInterval(timer);
    };
  }, [load, enabled]);

  return {
    entries,
    hasMore: end?.hasNextPage === true,
    loadingMore,
    problem,
    reload: () => void load(),
    loadMore: () => void loadMore(),
  };
}
