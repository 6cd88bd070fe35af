'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { useConsoleEvents, type ConsoleEvent } from '../api/console-stream';
import { JobsDocument } from '../api/documents';
import { describeError } from '../api/session-errors';
import type { TranscriptionFilter } from '../gql/graphql';
import { fitsCriteria, toFilter, type JobCriteria } from './job-criteria';
import { withChangedJobs, withOlderPage, withoutJob, type JobList } from './job-list';

const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 100;
const REFRESH_SECONDS_MIN = 5;
/** Changes of many jobs come together: the list is drawn for all of them at once. */
const GATHER_MILLISECONDS = 50;

export interface Jobs {
  /** Undefined while the first page is loading. */
  readonly list: JobList | undefined;
  /** What the list was asked for: also what a command on everything that matches is asked for. */
  readonly filter: TranscriptionFilter;
  readonly problem: string | undefined;
  readonly loadingMore: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

/** Nothing changes after it was deleted: the order between the two kinds does not matter. */
function applyEvents(list: JobList, events: readonly ConsoleEvent[], criteria: JobCriteria): JobList {
  const changed = events.flatMap((event) => (event.__typename === 'TranscriptionChanged' ? [event.transcription] : []));
  const known = withChangedJobs(list, changed, (job) => fitsCriteria(job, criteria));
  return events.reduce(
    (left, event) => (event.__typename === 'TranscriptionDeleted' ? withoutJob(left, event.id) : left),
    known,
  );
}

/** The jobs that fit the criteria, newest first, kept live by the console stream. */
export function useJobs(criteria: JobCriteria): Jobs {
  const client = useClient();
  const [list, setList] = useState<JobList>();
  const [filter, setFilter] = useState<TranscriptionFilter>({});
  const [problem, setProblem] = useState<string>();
  const [loadingMore, setLoadingMore] = useState(false);
  const cursor = useRef<string | null>(null);
  const request = useRef(0);
  const loadedAt = useRef(0);
  const gathered = useRef<ConsoleEvent[]>([]);
  const flushTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const rowCount = list?.rows.length ?? 0;

  const loadFirst = useCallback(
    async (first: number) => {
      const ticket = ++request.current;
      const asked = toFilter(criteria, new Date());
      const { data, error } = await client.query(JobsDocument, { first, after: null, filter: asked }).toPromise();
      if (ticket !== request.current) return;
      loadedAt.current = Date.now();
      setProblem(error === undefined ? undefined : describeError(error));
      if (data === undefined) return;
      const { nodes, pageInfo } = data.transcriptions;
      cursor.current = pageInfo.endCursor;
      setFilter(asked);
      setLoadingMore(false);
      setList({ rows: nodes, hasMore: pageInfo.hasNextPage });
    },
    [client, criteria],
  );

  useEffect(() => {
    setList(undefined);
    gathered.current = [];
    void loadFirst(PAGE_SIZE);
    return () => {
      request.current += 1;
      clearTimeout(flushTimer.current);
      flushTimer.current = undefined;
    };
  }, [loadFirst]);

  useConsoleEvents((event) => {
    if (event.__typename === 'TranscriptionChanged' || event.__typename === 'TranscriptionDeleted') {
      gathered.current.push(event);
      flushTimer.current ??= setTimeout(() => {
        flushTimer.current = undefined;
        const events = gathered.current.splice(0);
        setList((current) => current && applyEvents(current, events, criteria));
      }, GATHER_MILLISECONDS);
    }
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
    if (loadingMore) return;
    const ticket = request.current;
    setLoadingMore(true);
    const variables = { first: PAGE_SIZE_MAX, after: cursor.current, filter };
    const { data, error } = await client.query(JobsDocument, variables).toPromise();
    if (ticket !== request.current) return;
    setLoadingMore(false);
    setProblem(error === undefined ? undefined : describeError(error));
    if (data === undefined) return;
    const { nodes, pageInfo } = data.transcriptions;
    cursor.current = pageInfo.endCursor;
    setList((current) => current && withOlderPage(current, nodes, pageInfo.hasNextPage));
  };

  return {
    list,
    filter,
    problem,
    loadingMore,
    loadMore: () => void loadMore(),
    reload: () => void loadFirst(PAGE_SIZE),
  };
}
