'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { useConsoleEvents } from '../api/console-stream';
import { describeError } from '../api/session-errors';
import type { OverviewMetricsQuery, OverviewQuery, OverviewWorkersQuery } from '../gql/graphql';
import { OverviewDocument, OverviewMetricsDocument, OverviewWorkersDocument } from '../api/overview-documents';

export type OverviewFigures = OverviewQuery['overview'];
export type OverviewWorker = OverviewWorkersQuery['workers'][number];
export type OverviewSample = OverviewMetricsQuery['systemMetrics'][number];

export interface LiveOverview {
  /** Undefined until the first answer. */
  readonly figures: OverviewFigures | undefined;
  readonly workers: readonly OverviewWorker[] | undefined;
  /** Oldest first; of the machine with most samples. */
  readonly samples: readonly OverviewSample[];
  readonly problem: string | undefined;
  readonly reload: () => void;
}

/** Changes come in bursts; the figures are sums over an hour at least. */
const REFRESH_SECONDS_MIN = 3;
const REFRESH_SECONDS_MAX = 15;
/** A day of samples is kept. */
const METRICS_MINUTES_MAX = 24 * 60;
/** A chart has about this many pixels. */
const SAMPLES_SHOWN_MAX = 600;

/** Every n-th sample, the newest among them. */
export function thin<Sample>(samples: readonly Sample[], countMax: number): readonly Sample[] {
  const step = Math.ceil(samples.length / countMax);
  return step <= 1 ? samples : samples.filter((_, index) => (samples.length - 1 - index) % step === 0);
}

/** Figures of the last `minutes`, read again soon after something happened. Samples come with the live stream. */
export function useOverview(minutes: number): LiveOverview {
  const client = useClient();
  const [figures, setFigures] = useState<OverviewFigures>();
  const [workers, setWorkers] = useState<readonly OverviewWorker[]>();
  const [samples, setSamples] = useState<readonly OverviewSample[]>([]);
  const [problem, setProblem] = useState<string>();
  const loadedAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const request = useRef(0);

  const load = useCallback(async () => {
    const ticket = ++request.current;
    clearTimeout(timer.current);
    timer.current = undefined;
    loadedAt.current = Date.now();
    const [overview, found] = await Promise.all([
      client.query(OverviewDocument, { minutes }).toPromise(),
      client.query(OverviewWorkersDocument, {}).toPromise(),
    ]);
    if (ticket !== request.current) return;
    setProblem(overview.error === undefined ? undefined : describeError(overview.error));
    if (overview.data !== undefined) setFigures(overview.data.overview);
    if (found.data !== undefined) setWorkers(found.data.workers);
  }, [client, minutes]);

  useEffect(() => {
    void load();
    const interval = setInterval(() => void load(), REFRESH_SECONDS_MAX * 1000);
    return () => {
      request.current += 1;
      clearInterval(interval);
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [load]);

  useEffect(() => {
    let current = true;
    const loadSamples = async () => {
      const { data } = await client
        .query(OverviewMetricsDocument, { minutes: Math.min(minutes, METRICS_MINUTES_MAX) })
        .toPromise();
      if (!current || data === undefined) return;
      const hosts = new Map<string, OverviewSample[]>();
      for (const sample of data.systemMetrics) hosts.set(sample.host, [...(hosts.get(sample.host) ?? []), sample]);
      const [largest = []] = [...hosts.values()].sort((left, right) => right.length - left.length);
      setSamples(
        thin(
          largest.toSorted((left, right) => left.sampledAt.localeCompare(right.sampledAt)),
          SAMPLES_SHOWN_MAX,
        ),
      );
    };
    void loadSamples();
    return () => {
      current = false;
    };
  }, [client, minutes]);

  useConsoleEvents((event) => {
    if (event.__typename === 'ResourcesSampled') {
      setSamples((known) => {
        const last = known.at(-1);
        if (last !== undefined && (last.host !== event.sample.host || last.sampledAt >= event.sample.sampledAt))
          return known;
        return [...known, event.sample].slice(-SAMPLES_SHOWN_MAX);
      });
      return;
    }
    if (timer.current !== undefined) return;
    const wait = Math.max(0, loadedAt.current + REFRESH_SECONDS_MIN * 1000 - Date.now());
    timer.current = setTimeout(() => void load(), wait);
  });

  return { figures, workers, samples, problem, reload: () => void load() };
}
