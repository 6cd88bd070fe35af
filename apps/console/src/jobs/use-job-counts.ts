'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { useConsoleEvents } from '../api/console-stream';
import { JobCountsDocument } from '../api/documents';
import { toFilter, type JobCriteria } from './job-criteria';
import { FILTER_STATES, JOB_FILTERS, type JobFilter } from './job-states';

export type JobCounts = Readonly<Record<JobFilter, number>>;

const REFRESH_SECONDS_MIN = 2;

/** How many jobs stand behind each tab, with the other criteria applied. Counted again soon after something changed. */
export function useJobCounts(criteria: JobCriteria): JobCounts | undefined {
  const client = useClient();
  const [counts, setCounts] = useState<JobCounts>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const loadedAt = useRef(0);
  const request = useRef(0);
  const { search, model, backend, language, priority, age } = criteria;

  const load = useCallback(async () => {
    const ticket = ++request.current;
    clearTimeout(timer.current);
    timer.current = undefined;
    loadedAt.current = Date.now();
    const filter = toFilter({ state: 'all', search, model, backend, language, priority, age }, new Date());
    const { data } = await client.query(JobCountsDocument, { filter }).toPromise();
    if (ticket !== request.current || data === undefined) return;
    const { states, total } = data.transcriptionCounts;
    const sum = (tab: JobFilter): number => {
      const wanted = FILTER_STATES[tab];
      if (wanted === undefined) return total;
      return states.reduce((count, entry) => count + (wanted.includes(entry.state) ? entry.count : 0), 0);
    };
    setCounts(Object.fromEntries(JOB_FILTERS.map((tab) => [tab, sum(tab)])) as JobCounts);
  }, [client, search, model, backend, language, priority, age]);

  useEffect(() => {
    void load();
    return () => {
      request.current += 1;
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [load]);

  useConsoleEvents((event) => {
    const counted = ['TranscriptionChanged', 'TranscriptionDeleted', 'ConsoleSnapshot'].includes(event.__typename);
    if (!counted || timer.current !== undefined) return;
    const wait = Math.max(0, loadedAt.current + REFRESH_SECONDS_MIN * 1000 - Date.now());
    timer.current = setTimeout(() => void load(), wait);
  });

  return counts;
}
