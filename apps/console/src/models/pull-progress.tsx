import { Progress } from '@mantine/core';
import { formatBytes, formatPercent, formatSpan } from '../ui/format';
import type { Pull } from './model-list';
import classes from './models.module.css';

function noteOf({ state, bytesDone, bytesTotal, bytesPerSecond, etaSeconds, attempts }: Pull): string {
  if (state === 'QUEUED') return bytesDone > 0 ? 'Waits to go on' : 'Waits for a worker';
  if (bytesDone >= bytesTotal) return 'Comparing the checksum';
  const parts = [
    `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`,
    bytesPerSecond === null ? undefined : `${formatBytes(bytesPerSecond)}/s`,
    etaSeconds === null ? undefined : `${formatSpan(etaSeconds)} left`,
    attempts > 1 ? `${attempts}. try` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

export function PullProgress({ pull }: { readonly pull: Pull }) {
  return (
    <div className={classes.pull}>
      <div className={classes.pullBar}>
        <Progress.Root size={6} className={classes.track}>
          <Progress.Section value={pull.fraction * 100} aria-label={`Pulling ${pull.model}`} />
        </Progress.Root>
        <span className="numeric">{formatPercent(pull.fraction)}</span>
      </div>
      <div className={`${classes.quiet} numeric`}>{noteOf(pull)}</div>
    </div>
  );
}
