import type { ReactNode } from 'react';
import classes from './fact-list.module.css';

export type Fact = readonly [name: string, value: ReactNode];

interface FactListProps {
  readonly facts: readonly Fact[];
  /** `small` where the list stands below a line that it explains. */
  readonly size?: 'normal' | 'small';
}

/** Names on the left, values on the right. A name may come twice, so lines are known by their place. */
export function FactList({ facts, size = 'normal' }: FactListProps) {
  return (
    <dl className={`${classes.facts} numeric`} data-size={size}>
      {facts.map(([name, value], index) => (
        <div key={index} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
