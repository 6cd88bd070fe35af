import type { ReactNode } from 'react';
import classes from '../jobs/state-badge.module.css';

export type Tone = 'waiting' | 'running' | 'done' | 'warned' | 'failed' | 'idle';

/** A state as a word with a coloured dot: colour alone never carries it. */
export function ToneLabel({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      {children}
    </span>
  );
}
