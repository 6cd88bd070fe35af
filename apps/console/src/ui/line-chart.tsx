'use client';

import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import classes from './line-chart.module.css';

export interface ChartSeries {
  readonly label: string;
  /** Name of a colour variable of the theme, such as `--accent`. */
  readonly colour: string;
  /** One for each moment; null where nothing is known. */
  readonly values: readonly (number | null)[];
  readonly filled?: boolean;
  readonly dashed?: boolean;
}

interface LineChartProps {
  /** What the chart shows, in words, with the newest figures: the picture itself cannot be read aloud. */
  readonly summary: string;
  /** Seconds since 1970, ascending. */
  readonly moments: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** A fixed upper end; otherwise it follows the values. */
  readonly valueMax?: number;
  readonly bars?: boolean;
  /** What the values are, for even steps on the axis: a count has no fractions, seconds go by minutes and hours. */
  readonly unit?: 'count' | 'seconds';
}

const HEIGHT_PIXELS = 148;
const AXIS_WIDTH_PIXELS = 46;
/** Half of a label stands right of the last moment. */
const RIGHT_PIXELS = 18;
const STEPS = {
  count: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
  seconds: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400],
} as const;
const MINUTE_SECONDS = 60;
/** Labels name the minute: none may stand there twice. */
const MOMENT_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map(
  (minutes) => minutes * MINUTE_SECONDS,
);

/** Where values stand whose neighbours are not known: a line has no length there, so they are drawn as points. */
function findLonely(values: ArrayLike<number | null | undefined>): number[] {
  const known = (at: number): boolean => values[at] !== null && values[at] !== undefined;
  return Array.from(values, (_, at) => at).filter((at) => known(at) && !known(at - 1) && !known(at + 1));
}

function createOptions(place: HTMLElement, Plot: typeof uPlot, props: LineChartProps): uPlot.Options {
  const styles = getComputedStyle(place);
  const colourOf = (name: string): string => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: colourOf('--mantine-color-dimmed'),
    font: `11px ${styles.fontFamily}`,
    ticks: { show: false },
  };
  const { valueMax, format } = props;
  return {
    width: Math.max(1, place.clientWidth),
    height: HEIGHT_PIXELS,
    padding: [8, RIGHT_PIXELS, 0, 0],
    cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false } },
    legend: { show: false },
    scales: {
      y: { range: (_plot, _low, high) => [0, valueMax ?? Math.max(1, high * 1.1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 70,
        size: 24,
        incrs: MOMENT_STEPS,
        values: (_plot, splits) => splits.map(clockOf(splits)),
      },
      {
        ...axis,
        size: AXIS_WIDTH_PIXELS,
        space: 32,
        grid: { stroke: colourOf('--line'), width: 1 },
        ...(props.unit !== undefined && { incrs: [...STEPS[props.unit]] }),
        values: (_plot, splits) => splits.map((value) => format(value)),
      },
    ],
    series: [
      {},
      ...props.series.map(({ label, colour, filled, dashed }) => ({
        label,
        stroke: colourOf(colour),
        width: props.bars === true ? 0 : 1.5,
        ...(dashed === true && { dash: [4, 3] }),
        ...((filled === true || props.bars === true) && {
          fill: `${colourOf(colour)}${props.bars === true ? 'cc' : '22'}`,
        }),
        ...(props.bars === true && Plot.paths.bars && { paths: Plot.paths.bars({ size: [0.75, 14], radius: 0.15 }) }),
        points: {
          show: false,
          ...(props.bars !== true && {
            size: 5,
            fill: colourOf(colour),
            filter: (plot: uPlot, index: number) => findLonely(plot.data[index] ?? []),
          }),
        },
      })),
    ],
  };
}

const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const DAY_SECONDS = 86_400;

function clockOf(splits: readonly number[]): (moment: number) => string {
  const [first = 0] = splits;
  const days = (splits.at(-1) ?? 0) - first > 1.5 * DAY_SECONDS;
  return (moment) => (days ? dayFormat : timeFormat).format(new Date(moment * 1000));
}

const toData = ({ moments, series }: LineChartProps): uPlot.AlignedData =>
  [[...moments], ...series.map(({ values }) => [...values])] as uPlot.AlignedData;

/** Lines or bars over time, drawn as they come; the figures under the pointer stand above. */
export function LineChart(props: LineChartProps) {
  const scheme = useComputedColorScheme('light');
  const place = useRef<HTMLDivElement>(null);
  const reading = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const newest = useRef(props);

  useEffect(() => {
    newest.current = props;
    plot.current?.setData(toData(props));
  }, [props]);

  useEffect(() => {
    let current = true;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0)
        plot.current?.setSize({ width: entry.contentRect.width, height: HEIGHT_PIXELS });
    });
    const showReading = ({ cursor, data }: uPlot) => {
      if (reading.current === null) return;
      const { idx } = cursor;
      const moment = idx === null || idx === undefined ? undefined : data[0][idx];
      if (idx === null || idx === undefined || moment === undefined) return void (reading.current.textContent = '');
      const figures = newest.current.series.flatMap(({ label, values }) => {
        const value = values[idx];
        return value === null || value === undefined ? [] : [`${label} ${newest.current.format(value)}`];
      });
      reading.current.textContent = [timeFormat.format(new Date(moment * 1000)), ...figures].join('  ·  ');
    };
    const draw = async () => {
      const { default: Plot } = await import('uplot');
      if (!current || place.current === null) return;
      const options = createOptions(place.current, Plot, newest.current);
      plot.current = new Plot(
        { ...options, hooks: { setCursor: [showReading] } },
        toData(newest.current),
        place.current,
      );
      observer.observe(place.current);
    };
    void draw();
    return () => {
      current = false;
      observer.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [scheme]);

  return (
    <div className={classes.chart}>
      <div className={`${classes.legend} numeric`}>
        {props.series.map(({ label, colour, dashed }) => (
          <span key={label} className={classes.entry}>
            <span className={classes.swatch} data-dashed={dashed || undefined} style={{ color: `var(${colour})` }} />
            {label}
          </span>
        ))}
        <span ref={reading} className={classes.reading} aria-hidden />
      </div>
      <div
        ref={place}
        role="img"
        aria-label={props.summary}
        className={classes.place}
        style={{ height: HEIGHT_PIXELS }}
      />
    </div>
  );
}
