'use client';

import { useMemo } from 'react';
import { Panel } from '../job/panel';
import { formatSpan } from '../ui/format';
import { LineChart, type ChartSeries } from '../ui/line-chart';
import type { OverviewFigures, OverviewSample } from './use-overview';
import classes from './overview.module.css';

type Point = OverviewFigures['points'][number];

const momentOf = (at: string): number => Date.parse(at) / 1000;
const whole = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));
const percent = (value: number): string => `${Math.round(value)} %`;
const seconds = (value: number): string =>
  value === 0 ? '0' : value < 1 ? `${value.toFixed(1)} s` : formatSpan(value);

const percentiles = (
  p50: readonly (number | null)[],
  p95: readonly (number | null)[],
  p99: readonly (number | null)[],
) =>
  [
    { label: 'p50', colour: '--accent', values: p50, filled: true },
    { label: 'p95', colour: '--tone-waiting', values: p95 },
    { label: 'p99', colour: '--tone-failed', values: p99, dashed: true },
  ] satisfies ChartSeries[];

const spoken = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'not known' : formatSpan(value);

/** A stretch without jobs has no percentiles; the line of the last ones goes on through it. */
function bridged(values: readonly (number | null)[]): readonly (number | null)[] {
  let last: number | null = null;
  return values.map((value) => (last = value ?? last));
}

export function WorkCharts({ figures }: { readonly figures: OverviewFigures }) {
  const { points } = figures;
  const moments = useMemo(() => points.map(({ at }) => momentOf(at)), [points]);
  const pick = (key: keyof Omit<Point, 'at' | '__typename'>) => points.map((point) => point[key]);
  const finished = points.reduce((sum, point) => sum + point.finished, 0);
  const failed = points.reduce((sum, point) => sum + point.failed, 0);
  return (
    <>
      <Panel title="Throughput" aside={<span className={`${classes.aside} numeric`}>{finished} finished</span>}>
        <LineChart
          summary={`Jobs that ended: ${finished} finished, ${failed} failed`}
          moments={moments}
          series={[
            { label: 'finished', colour: '--tone-done', values: pick('finished') },
            { label: 'failed', colour: '--tone-failed', values: pick('failed') },
          ]}
          format={whole}
          unit="count"
          bars
        />
      </Panel>
      <Panel title="Queue depth" aside={<span className={`${classes.aside} numeric`}>{figures.waiting} now</span>}>
        <LineChart
          summary={`Jobs that wait: ${figures.waiting} now`}
          moments={moments}
          series={[{ label: 'waiting', colour: '--tone-waiting', values: pick('queueDepth'), filled: true }]}
          format={whole}
          unit="count"
        />
      </Panel>
      <Panel title="Time in the queue">
        <LineChart
          summary={`Wait of jobs: half within ${spoken(figures.waitSecondsP50)}, 95 percent within ${spoken(figures.waitSecondsP95)}`}
          moments={moments}
          series={percentiles(
            bridged(pick('waitSecondsP50')),
            bridged(pick('waitSecondsP95')),
            bridged(pick('waitSecondsP99')),
          )}
          format={seconds}
          unit="seconds"
        />
      </Panel>
      <Panel title="Time of computing">
        <LineChart
          summary={`Computing of jobs: half within ${spoken(figures.computeSecondsP50)}, 95 percent within ${spoken(figures.computeSecondsP95)}`}
          moments={moments}
          series={percentiles(
            bridged(pick('computeSecondsP50')),
            bridged(pick('computeSecondsP95')),
            bridged(pick('computeSecondsP99')),
          )}
          format={seconds}
          unit="seconds"
        />
      </Panel>
    </>
  );
}

export function MachineCharts({ samples }: { readonly samples: readonly OverviewSample[] }) {
  const latest = samples.at(-1);
  const moments = useMemo(() => samples.map(({ sampledAt }) => momentOf(sampledAt)), [samples]);
  const now = (value: number | undefined): string => (value === undefined ? 'not known' : percent(value));
  return (
    <>
      <Panel
        title="Processor and memory"
        aside={latest === undefined ? null : <span className={classes.aside}>{latest.host}</span>}
      >
        <LineChart
          summary={`Processor ${now(latest?.cpuPercent)}, memory ${now(latest?.memoryPercent)}`}
          moments={moments}
          series={[
            { label: 'CPU', colour: '--accent', values: samples.map(({ cpuPercent }) => cpuPercent), filled: true },
            { label: 'memory', colour: '--tone-waiting', values: samples.map(({ memoryPercent }) => memoryPercent) },
          ]}
          format={percent}
          valueMax={100}
        />
      </Panel>
      <Panel
        title="Disk"
        aside={
          latest === undefined ? null : (
            <span className={`${classes.aside} numeric`}>{percent(latest.diskPercent)} used</span>
          )
        }
      >
        <LineChart
          summary={`Disk used: ${now(latest?.diskPercent)}`}
          moments={moments}
          series={[
            {
              label: 'used',
              colour: '--tone-idle',
              values: samples.map(({ diskPercent }) => diskPercent),
              filled: true,
            },
          ]}
          format={percent}
          valueMax={100}
        />
      </Panel>
    </>
  );
}
