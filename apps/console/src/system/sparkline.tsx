'use client';

import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';

interface SparklineProps {
  /** Percents from 0 to 100, oldest first. */
  readonly values: readonly number[];
}

const WIDTH_PIXELS = 96;
const HEIGHT_PIXELS = 26;

function toData(values: readonly number[]): uPlot.AlignedData {
  return [values.map((_, index) => index), [...values]];
}

function createOptions(colour: string): uPlot.Options {
  return {
    width: WIDTH_PIXELS,
    height: HEIGHT_PIXELS,
    padding: [2, 1, 2, 1],
    cursor: { show: false },
    legend: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: { x: { time: false }, y: { range: [0, 100] } },
    series: [{}, { stroke: colour, width: 1.25, fill: `${colour}22`, points: { show: false } }],
  };
}

/** The last minute and a half as a line. Decoration: the figure beside it says the same in words. */
export function Sparkline({ values }: SparklineProps) {
  const scheme = useComputedColorScheme('light');
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const newest = useRef(values);

  useEffect(() => {
    newest.current = values;
    plot.current?.setData(toData(values));
  }, [values]);

  useEffect(() => {
    let current = true;
    const draw = async () => {
      const { default: Plot } = await import('uplot');
      if (!current || place.current === null) return;
      const colour = getComputedStyle(place.current).getPropertyValue('--accent').trim();
      plot.current = new Plot(createOptions(colour), toData(newest.current), place.current);
    };
    void draw();
    return () => {
      current = false;
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [scheme]);

  return <div ref={place} aria-hidden="true" style={{ width: WIDTH_PIXELS, height: HEIGHT_PIXELS }} />;
}
