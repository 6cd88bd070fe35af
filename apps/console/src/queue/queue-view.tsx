'use client';

import { SegmentedControl, Stack } from '@mantine/core';
import Link from 'next/link';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { Suspense, useMemo } from 'react';
import { useLiveQuery } from '../api/use-live-query';
import type { QueueStateQuery } from '../gql/graphql';
import { Panel } from '../job/panel';
import { useSystem } from '../system/system-context';
import { EmptyState } from '../ui/empty-state';
import { formatAge, formatClock, formatSpan } from '../ui/format';
import { LineChart } from '../ui/line-chart';
import { LoadingRows } from '../ui/loading-rows';
import { PageHead } from '../ui/page-head';
import { ProblemAlert } from '../ui/problem-alert';
import { useNow } from '../ui/use-now';
import table from '../ui/data-table.module.css';
import { QueueDocument } from './queue-documents';
import { QueueFigures } from './queue-figures';
import { QueuePause } from './queue-pause';

const RANGES = ['1h', '6h', '24h'] as const;
type Range = (typeof RANGES)[number];
const MINUTES: Readonly<Record<Range, number>> = { '1h': 60, '6h': 360, '24h': 1440 };
const LABELS: Readonly<Record<Range, string>> = { '1h': '1 hour', '6h': '6 hours', '24h': '1 day' };
const REFRESH_SECONDS = 10;

type Points = QueueStateQuery['queue']['depthPoints'];
type Waiting = QueueStateQuery['transcriptions']['nodes'][number];

const whole = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));

function DepthChart({ points }: { readonly points: Points }) {
  const moments = useMemo(() => points.map(({ at }) => Date.parse(at) / 1000), [points]);
  const latest = points.at(-1);
  return (
    <Panel title="Depth">
      <LineChart
        summary={`Jobs over time; now ${latest?.waiting ?? 0} wait and ${latest?.running ?? 0} run`}
        moments={moments}
        series={[
          { label: 'waiting', colour: '--tone-waiting', values: points.map(({ waiting }) => waiting), filled: true },
          { label: 'running', colour: '--accent', values: points.map(({ running }) => running) },
        ]}
        format={whole}
        unit="count"
      />
    </Panel>
  );
}

function WaitingTable({ jobs }: { readonly jobs: readonly Waiting[] }) {
  const now = useNow(15);
  return (
    <table className={table.table} aria-label="Waiting jobs">
      <thead>
        <tr>
          <th scope="col">Recording</th>
          <th scope="col">Priority</th>
          <th scope="col" className={table.end}>
            Length
          </th>
          <th scope="col">Came</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map(({ id, media, priority, audioSeconds, createdAt }) => {
          const seconds = audioSeconds ?? media.durationSeconds;
          return (
            <tr key={id}>
              <td>
                <Link className={table.name} href={`/jobs/${encodeURIComponent(id)}`}>
                  {media.filename}
                </Link>
              </td>
              <td data-name="Priority">{priority.toLowerCase()}</td>
              <td className={`${table.end} numeric`} data-name="Length">
                {seconds === null ? '–' : formatClock(seconds)}
              </td>
              <td>{formatAge(new Date(createdAt), now)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Queue() {
  const [range, setRange] = useQueryState('range', parseAsStringLiteral(RANGES).withDefault('1h'));
  const { data, problem, reload } = useLiveQuery({
    document: QueueDocument,
    variables: { minutes: MINUTES[range] },
    renewedBy: ['QueueChanged', 'WorkersChanged'],
    everySeconds: REFRESH_SECONDS,
  });
  const { queue: live, workers } = useSystem();
  const queue = data && { ...data.queue, ...live };
  const running = workers.filter(({ state }) => state === 'RUNNING');
  const slots = running.reduce((sum, worker) => sum + worker.slots, 0);
  return (
    <Stack gap="md">
      <PageHead
        title="Queue"
        note={
          queue &&
          (queue.paused
            ? 'Paused: what runs goes on, nothing new begins.'
            : `${slots} ${slots === 1 ? 'slot' : 'slots'} on ${running.length} ${running.length === 1 ? 'worker' : 'workers'}`)
        }
      >
        <SegmentedControl
          size="xs"
          aria-label="Time shown"
          value={range}
          data={RANGES.map((value) => ({ value, label: LABELS[value] }))}
          onChange={(value) => void setRange(value)}
        />
        {queue === undefined ? null : <QueuePause paused={queue.paused} onChanged={reload} />}
      </PageHead>
      {problem === undefined ? null : (
        <ProblemAlert title="The queue could not be loaded" message={problem} onRetry={reload} />
      )}
      {queue?.paused === true ? (
        <ProblemAlert
          tone="warned"
          title="The queue is paused"
          message={queue.reason ?? 'Nobody wrote down why. Resume it to let waiting jobs begin.'}
        />
      ) : null}
      {live !== undefined && running.length === 0 ? (
        <ProblemAlert title="No worker is online" message="Jobs wait until one is started." />
      ) : null}
      <QueueFigures queue={queue} />
      {data === undefined ? null : <DepthChart points={data.queue.depthPoints} />}
      <section className={table.panel} aria-label="Waiting">
        <div className={table.bar}>
          <strong>Waiting</strong>
          {(data?.transcriptions.totalCount ?? 0) > 0 ? (
            <Link href="/jobs?state=waiting" className={table.quiet}>
              {`All ${data?.transcriptions.totalCount}`}
            </Link>
          ) : null}
        </div>
        {data === undefined ? (
          problem === undefined ? (
            <LoadingRows label="Loading the queue" />
          ) : null
        ) : data.transcriptions.nodes.length === 0 ? (
          <EmptyState
            title="Nothing waits"
            text={
              queue?.oldestWaitingSeconds
                ? `The oldest part of a running job has waited for ${formatSpan(queue.oldestWaitingSeconds)}.`
                : 'Jobs wait here while all slots are taken.'
            }
          />
        ) : (
          <WaitingTable jobs={data.transcriptions.nodes} />
        )}
      </section>
    </Stack>
  );
}

export function QueueView() {
  return (
    <Suspense>
      <Queue />
    </Suspense>
  );
}
