import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Sparkline } from './sparkline';
import classes from './system-strip.module.css';

interface GaugeProps {
  readonly name: string;
  /** Undefined until the first sample. */
  readonly value: string | undefined;
  readonly detail?: string | undefined;
  readonly history?: readonly number[] | undefined;
  readonly bad?: boolean;
  readonly action?: ReactNode;
}

export function Gauge({ name, value, detail, history, bad = false, action }: GaugeProps) {
  return (
    <div className={classes.gauge}>
      <div>
        <div className={classes.name}>{name}</div>
        {value === undefined ? (
          <Skeleton height={14} width={56} mt={4} aria-label={`${name}: not known yet`} role="img" />
        ) : (
          <div className={`${classes.value} numeric ${bad ? classes.bad : ''}`}>
            {value}
            {detail === undefined ? null : <span className={classes.detail}>{detail}</span>}
          </div>
        )}
      </div>
      {history === undefined || history.length < 2 ? null : (
        <div className={classes.plot}>
          <Sparkline values={history} />
        </div>
      )}
      {action}
    </div>
  );
}
