'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { useConsoleEvents } from '../api/console-stream';
import { JobsDocument } from '../api/documents';
import { describeError } from '../api/session-errors';
import { withChangedJob, withOlderPage, withoutJob, type JobList } from './job-list';
import { FILTER_STATES, type JobFilter } from './job-states';

const PAGE_SIZE = 25;
const PAGE_SIZE_MAX = 100;
const REFRESH_SECONDS_MIN = 5;

export interface Jobs {
  /** Undefined while the first page is loading. */
  readonly list: JobList | undefined;
  readonly problem: string | undefined;
  readonly loadingMore: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

/** The jobs of one tab, newest first, kept live by the console stream. */
export function useJobs(filter: JobFilter): Jobs {
  const client = useClient();
  const [list, setList] = useState<JobList>();
  const [problem, setProblem] = useState<string>();
  const [loadingMore, setLoadingMore] = useState(false);
  const cursor = useRef<string | null>(null);
  const request = useRef(0);
  const loadedAt = useRef(0);
  const rowCount = list?.rows.length ?? 0;

  const fetchPage = useCallback(
    async (first: number, after: string | null) => {
      const states = FILTER_STATES[filter];
      const { data, error } = await client
        .query(JobsDocument, { first, after, ...(states && { states: [...states] }) })
        .toPromise();
      return { page: data?.transcriptions, error };
    },
    [client, filter],
  );

  const loadFirst = useCallback(
    async (first: number) => {
      const ticket = ++request.current;
      const { page, error } = await fetchPage(first, null);
      if (ticket !== request.current) return;
      loadedAt.current = Date.now();
      setProblem(error === undefined ? undefined : describeError(error));
      if (page === undefined) return;
      cursor.current = page.pageInfo.endCursor;
      setList({ rows: page.nodes, hasMore: page.pageInfo.hasNextPage });
    },
    [fetchPage],
  );

  useEffect(() => {
    setList(undefined);
    void loadFirst(PAGE_SIZE);
  }, [loadFirst]);

  useConsoleEvents((event) => {
    if (event.__typename === 'TranscriptionChanged')
      setList((current) => current && withChangedJob(current, event.transcription, filter));
    if (event.__typename === 'TranscriptionDeleted') setList((current) => current && withoutJob(current, event.id));
    // A snapshot starts every connection: whatever happened while there was none is read again.
    if (
      event.__typename === 'ConsoleSnapshot' &&
      loadedAt.current > 0 &&
      Date.now() - loadedAt.current > REFRESH_SECONDS_MIN * 1000
    ) {
      void loadFirst(Math.min(PAGE_SIZE_MAX, Math.max(PAGE_SIZE, rowCount)));
    }
  });

  const loadMore = async () => {
    const ticket = request.current;
    setLoadingMore(true);
    const { page, error } = await fetchPage(PAGE_SIZE, cursor.current);
    setLoadingMore(false);
    if (ticket !== request.current) return;
    setProblem(error === undefined ? undefined : describeError(error));
    if (page === undefined) return;
    cursor.current = page.pageInfo.endCursor;
    setList((current) => current && withOlderPage(current, page.nodes, page.pageInfo.hasNextPage));
  };

  return { list, problem, loadingMore, loadMore: () => void loadMore(), reload: () => void loadFirst(PAGE_SIZE) };
}
