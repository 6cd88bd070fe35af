'use client';

import { isTerminal } from '../jobs/job-states';
import { formatSpan } from '../ui/format';
import { useNow } from '../ui/use-now';
import type { Job } from './job-state';
import { Panel } from './panel';
import type { JobWork } from './use-job-work';
import { layOutWaterfall } from './waterfall-bars';
import classes from './waterfall.module.css';

const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;

const STAGE_LABELS: Readonly<Record<JobWork['timeline'][number]['stage'], string>> = {
  QUEUED: 'queued',
  PREPARING: 'preparing',
  LOADING: 'loading the model',
  TRANSCRIBING: 'transcribing',
  FINISHING: 'finishing',
};

/** The stages that the server noted, as one line of figures. */
function Stages({ timeline }: { readonly timeline: JobWork['timeline'] }) {
  if (timeline.length === 0) return null;
  return (
    <div className={`${classes.stages} numeric`}>
      {timeline.map(({ stage, startedAt, seconds }) => (
        <span key={`${stage} ${startedAt}`}>
          <strong>{seconds === null ? '…' : formatSpan(seconds)}</strong> {STAGE_LABELS[stage]}
        </span>
      ))}
    </div>
  );
}

/** Where the time went, from the queue to the last check. */
export function JobWaterfall({ job, work }: { readonly job: Job; readonly work: JobWork | undefined }) {
  const over = isTerminal(job.state);
  const now = useNow(over ? 3600 : 1);
  if (work === undefined) return null;
  const { bars, totalSeconds } = layOutWaterfall(job, work.attempts.nodes, now);
  return (
    <Panel
      title="Timeline"
      aside={<span className={`${classes.total} numeric`}>{formatSpan(totalSeconds)} in all</span>}
    >
      <Stages timeline={work.timeline} />
      <ol className={classes.rows} aria-label="Stages of this job" tabIndex={0}>
        {bars.map(({ key, label, tone, startSeconds, durationSeconds, worker, running }) => (
          <li key={key} className={classes.row}>
            <span className={classes.label}>{label}</span>
            <span className={classes.track} aria-hidden>
              <span
                className={classes.bar}
                data-tone={tone}
                data-running={running || undefined}
                style={{ left: percent(startSeconds, totalSeconds), width: percent(durationSeconds, totalSeconds) }}
              />
            </span>
            <span className={`${classes.duration} numeric`}>
              {formatSpan(durationSeconds)}
              {running ? ' so far' : ''}
            </span>
            <span className={classes.worker}>{worker ?? ''}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
