'use client';

import { Button, Progress, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPlay } from '@tabler/icons-react';
import Link from 'next/link';
import { useState } from 'react';
import { useLiveQuery } from '../api/use-live-query';
import { useSession } from '../api/session-context';
import type { BenchmarkRunsQuery } from '../gql/graphql';
import { EmptyState } from '../ui/empty-state';
import { formatAge, formatDate, formatPercent, formatSpan } from '../ui/format';
import { LoadingRows } from '../ui/loading-rows';
import { PageHead } from '../ui/page-head';
import { ProblemAlert } from '../ui/problem-alert';
import { ToneLabel } from '../ui/tone-label';
import { useNow } from '../ui/use-now';
import table from '../ui/data-table.module.css';
import { BenchmarkRunsDocument } from './benchmark-documents';
import { STATE_LOOKS } from './benchmark-looks';
import classes from './benchmarks.module.css';
import { StartBenchmark } from './start-benchmark';

type Run = BenchmarkRunsQuery['benchmarkRuns']['nodes'][number];

const PAGE_SIZE = 20;
const PAGE_SIZE_MAX = 100;
const REFRESH_SECONDS = 2;

function measuredBy({ results }: Run): string {
  const models = [...new Set(results.map(({ model }) => model))];
  const backends = [...new Set(results.map(({ backend }) => backend))];
  return models.length === 0 ? '–' : `${models.join(', ')} · ${backends.join(', ')}`;
}

function lengthOf({ startedAt, finishedAt }: Run): string {
  if (startedAt === null || finishedAt === null) return '–';
  return formatSpan((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
}

function StateCell({ run }: { readonly run: Run }) {
  const { label, tone } = STATE_LOOKS[run.state];
  if (run.state !== 'RUNNING' || run.progress === null)
    return (
      <>
        <ToneLabel tone={tone}>{label}</ToneLabel>
        {run.error === null ? null : <div className={`${table.quiet} ${table.bad}`}>{run.error.message}</div>}
      </>
    );
  const { fraction, cellsDone, cellsTotal, etaSeconds } = run.progress;
  return (
    <div className={classes.progress}>
      <Progress.Root size={6} className={classes.track}>
        <Progress.Section value={fraction * 100} aria-label="Progress of the benchmark" />
      </Progress.Root>
      <span className={`${table.quiet} numeric`}>
        {`${formatPercent(fraction)} · ${cellsDone} of ${cellsTotal}${etaSeconds === null ? '' : ` · ${formatSpan(etaSeconds)} left`}`}
      </span>
    </div>
  );
}

function RunsTable({ runs }: { readonly runs: readonly Run[] }) {
  const now = useNow(30);
  return (
    <table className={table.table} aria-label="Benchmarks">
      <thead>
        <tr>
          <th scope="col">Begun</th>
          <th scope="col">State</th>
          <th scope="col">Measured</th>
          <th scope="col">Machine</th>
          <th scope="col" className={table.end}>
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => {
          const created = new Date(run.createdAt);
          return (
            <tr key={run.id}>
              <td title={formatDate(created)}>
                <Link className={table.name} href={`/benchmarks/${encodeURIComponent(run.id)}`}>
                  {formatAge(created, now)}
                </Link>
                {run.baseline ? <span className={table.tag}>baseline</span> : null}
              </td>
              <td>
                <StateCell run={run} />
              </td>
              <td>{measuredBy(run)}</td>
              <td data-name="Machine">{run.host ?? '–'}</td>
              <td className={`${table.end} numeric`} data-name="Took">
                {lengthOf(run)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function BenchmarksView() {
  const { viewer } = useSession();
  const [first, setFirst] = useState(PAGE_SIZE);
  const [starting, dialog] = useDisclosure(false);
  const { data, problem, reload } = useLiveQuery({
    document: BenchmarkRunsDocument,
    variables: { first },
    renewedBy: [],
    everySeconds: REFRESH_SECONDS,
  });
  const runs = data?.benchmarkRuns.nodes;
  const total = data?.benchmarkRuns.totalCount ?? 0;
  return (
    <Stack gap="md">
      <PageHead title="Benchmarks" note={total === 0 ? undefined : `${total} ${total === 1 ? 'run' : 'runs'}`}>
        {viewer.scope === 'ADMIN' ? (
          <Button size="sm" leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={dialog.open}>
            Start a benchmark
          </Button>
        ) : null}
      </PageHead>
      {problem === undefined ? null : (
        <ProblemAlert title="The benchmarks could not be loaded" message={problem} onRetry={reload} />
      )}
      <div className={table.panel}>
        {runs === undefined ? (
          problem === undefined ? (
            <LoadingRows label="Loading the benchmarks" />
          ) : null
        ) : runs.length === 0 ? (
          <EmptyState
            title="Nothing was measured yet"
            text="A benchmark transcribes recordings whose text is known with each backend and model, and tells speed, words wrong and memory on this machine."
          />
        ) : (
          <RunsTable runs={runs} />
        )}
        {runs !== undefined && total > runs.length && first < PAGE_SIZE_MAX ? (
          <div className={table.more}>
            <Button
              variant="subtle"
              size="sm"
              onClick={() => setFirst((count) => Math.min(PAGE_SIZE_MAX, count + PAGE_SIZE))}
            >
              Load older runs
            </Button>
          </div>
        ) : null}
      </div>
      <StartBenchmark opened={starting} onClose={dialog.close} />
    </Stack>
  );
}
