import { Progress } from '@mantine/core';
import { formatPercent } from '../ui/format';
import type { JobRow } from './job-list';

interface JobProgressBarProps {
  readonly job: Pick<JobRow, 'state' | 'progress' | 'media'>;
  readonly size?: 'xs' | 'sm' | 'md';
}

/** Committed share of the recording. While nothing is planned yet, a moving bar: there is no honest figure. */
export function JobProgressBar({ job, size = 'sm' }: JobProgressBarProps) {
  const unknown = job.state === 'PREPARING' && job.progress.plannedSeconds === 0;
  const percent = Math.round(job.progress.fraction * 1000) / 10;
  return (
    <Progress.Root size={size}>
      <Progress.Section
        value={unknown ? 100 : percent}
        animated={unknown}
        striped={unknown}
        color={job.state === 'PAUSED' ? 'gray' : 'accent'}
        aria-label={`Progress of ${job.media.filename}`}
        aria-valuetext={unknown ? 'Being prepared' : formatPercent(job.progress.fraction)}
      />
    </Progress.Root>
  );
}
