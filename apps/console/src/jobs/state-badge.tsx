import type { TranscriptionState } from '../gql/graphql';
import { STATE_LOOKS } from './job-states';
import classes from './state-badge.module.css';

/** The state as a word with a coloured dot: colour alone never carries it. */
export function StateBadge({ state }: { state: TranscriptionState }) {
  const { label, tone } = STATE_LOOKS[state];
  return (
    <span className={classes.badge} data-tone={tone}>
      {label}
    </span>
  );
}
