import { Text } from '@mantine/core';
import { formatPercent, formatSpan } from '../ui/format';
import type { JobRow } from './job-list';
import { JobProgressBar } from './job-progress-bar';
import classes from './jobs.module.css';
import { isTerminal } from './job-states';

function progressText({ state, progress }: JobRow): string {
  if (state === 'PREPARING' && progress.plannedSeconds === 0) return 'Reading the audio';
  const eta =
    progress.etaSeconds === null || state !== 'TRANSCRIBING' ? '' : `, ${formatSpan(progress.etaSeconds)} left`;
  return formatPercent(progress.fraction) + eta;
}

function tookText({ startedAt, finishedAt }: JobRow): string {
  return startedAt === null || finishedAt === null
    ? ''
    : `Took ${formatSpan((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}`;
}

/** One line of it; the pointer shows the rest. */
function Message({ text }: { readonly text: string }) {
  return (
    <Text className={classes.note} title={text}>
      {text}
    </Text>
  );
}

/** The one thing worth knowing next: how far it is, why it failed, or what is odd about the result. */
export function JobOutcome({ job }: { job: JobRow }) {
  if (job.error !== null) return <Message text={job.error.message} />;
  const [warning] = job.warnings;
  if (warning !== undefined && isTerminal(job.state)) return <Message text={warning.message} />;
  if (isTerminal(job.state)) return <Text className={`${classes.note} numeric`}>{tookText(job)}</Text>;
  if (job.state === 'QUEUED')
    return (
      <Text className={classes.note}>
        {job.priority === 'NORMAL' ? 'Waiting for a free worker' : `Waiting, ${job.priority.toLowerCase()} priority`}
      </Text>
    );
  return (
    <div className={classes.progress}>
      <JobProgressBar job={job} size="xs" />
      <span className={`${classes.note} numeric`}>{progressText(job)}</span>
    </div>
  );
}
