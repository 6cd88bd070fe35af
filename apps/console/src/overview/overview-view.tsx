'use client';

import { SegmentedControl, Stack, Title } from '@mantine/core';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { Suspense } from 'react';
import { ProblemAlert } from '../ui/problem-alert';
import { MachineCharts, WorkCharts } from './overview-charts';
import { OverviewNumbers } from './overview-figures';
import { FailurePanel, WorkerPanel } from './overview-lists';
import classes from './overview.module.css';
import { useOverview } from './use-overview';

const RANGES = ['1h', '6h', '24h', '7d'] as const;
type Range = (typeof RANGES)[number];
const MINUTES: Readonly<Record<Range, number>> = { '1h': 60, '6h': 360, '24h': 1440, '7d': 10_080 };
const LABELS: Readonly<Record<Range, string>> = { '1h': '1 hour', '6h': '6 hours', '24h': '1 day', '7d': '7 days' };

function Overview() {
  const [range, setRange] = useQueryState('range', parseAsStringLiteral(RANGES).withDefault('1h'));
  const { figures, workers, samples, problem, reload } = useOverview(MINUTES[range]);
  return (
    <Stack gap="md">
      <div className={classes.head}>
        <Title order={1} size="h3">
          Overview
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="Time shown"
          value={range}
          data={RANGES.map((value) => ({ value, label: LABELS[value] }))}
          onChange={(value) => void setRange(value)}
        />
      </div>
      {problem === undefined ? null : (
        <ProblemAlert title="The figures could not be loaded" message={problem} onRetry={reload} />
      )}
      {figures?.alerts.map(({ level, code, message }) => (
        <ProblemAlert
          key={code}
          tone={level === 'ERROR' ? 'failed' : 'warned'}
          title={level === 'ERROR' ? 'Needs attention' : 'Worth knowing'}
          message={message}
        />
      ))}
      <OverviewNumbers figures={figures} />
      <div className={classes.grid} aria-busy={figures === undefined}>
        {figures === undefined ? null : <WorkCharts figures={figures} />}
        <MachineCharts samples={samples} />
        <FailurePanel failures={figures?.failures} />
        <WorkerPanel workers={workers} />
      </div>
    </Stack>
  );
}

export function OverviewView() {
  return (
    <Suspense>
      <Overview />
    </Suspense>
  );
}
