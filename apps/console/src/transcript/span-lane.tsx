'use client';

import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import classes from './waveform.module.css';

export interface LaneSpan {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Name of a colour variable of the theme, such as `--accent`. */
  readonly colour: string;
}

interface SpanLaneProps {
  readonly spans: readonly LaneSpan[];
  readonly durationSeconds: number;
  /** What is seen, in words. */
  readonly label: string;
  readonly caption?: string;
}

/** However short it is, a stretch must be seen. */
const SPAN_PIXELS_MIN = 2;

/** Stretches of the recording as one line under its waveform. A canvas: thousands of them cost as much as one. */
export function SpanLane({ spans, durationSeconds, label, caption }: SpanLaneProps) {
  const scheme = useComputedColorScheme('light');
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const draw = () => {
      const { clientWidth, clientHeight } = element;
      const scale = window.devicePixelRatio;
      element.width = Math.round(clientWidth * scale);
      element.height = Math.round(clientHeight * scale);
      const context = element.getContext('2d');
      if (context === null || durationSeconds <= 0) return;
      const styles = getComputedStyle(element);
      const pixelsPerSecond = element.width / durationSeconds;
      for (const { startSeconds, endSeconds, colour } of spans) {
        const width = Math.max(SPAN_PIXELS_MIN * scale, (endSeconds - startSeconds) * pixelsPerSecond);
        context.fillStyle = styles.getPropertyValue(colour).trim();
        context.fillRect(Math.min(startSeconds * pixelsPerSecond, element.width - width), 0, width, element.height);
      }
    };
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    return () => observer.disconnect();
  }, [spans, durationSeconds, scheme]);

  return (
    <div className={classes.laneLine}>
      {caption === undefined ? null : <span className={classes.laneCaption}>{caption}</span>}
      <canvas ref={canvas} className={classes.lane} role="img" aria-label={label} />
    </div>
  );
}
