import { JobProgressBar } from '../jobs/job-progress-bar';
import { formatClock, formatPercent, formatSpan } from '../ui/format';
import type { Job } from './job-state';
import classes from './job.module.css';

const STAGE_TEXTS: Partial<Record<Job['state'], string>> = {
  QUEUED: 'Waiting for a free worker',
  PREPARING: 'Reading the audio and finding the speech',
  FINISHING: 'Checking and joining the parts',
  PAUSED: 'Paused. Finished parts are kept.',
};

/** How far, how fast, how long still. Figures are left out rather than guessed. */
export function JobProgress({ job }: { job: Job }) {
  const { fraction, committedSeconds, plannedSeconds, etaSeconds, audioSecondsPerSecond, chunksDone, chunksTotal } =
    job.progress;
  const stage = STAGE_TEXTS[job.state];
  return (
    <section className={`${classes.panel} ${classes.panelBody}`} aria-label="Progress">
      <JobProgressBar job={job} size="md" />
      <div className={`${classes.figures} numeric`}>
        {plannedSeconds > 0 ? (
          <span>
            <strong>{formatPercent(fraction)}</strong> · {formatClock(committedSeconds)} of{' '}
            {formatClock(plannedSeconds)}
          </span>
        ) : null}
        {stage === undefined ? null : <span>{stage}</span>}
        {etaSeconds !== null && job.state === 'TRANSCRIBING' ? (
          <span>
            <strong>{formatSpan(etaSeconds)}</strong> left
          </span>
        ) : null}
        {audioSecondsPerSecond !== null ? (
          <span>
            <strong>{audioSecondsPerSecond.toFixed(1)}×</strong> real time
          </span>
        ) : null}
        {chunksTotal > 1 ? (
          <span>
            {chunksDone} of {chunksTotal} chunks
          </span>
        ) : null}
      </div>
    </section>
  );
}
