import type { Job } from './job-state';
import classes from './job.module.css';
import { Panel } from './panel';

/** Every engine that was considered, and why it was taken or left. Nothing until the choice was made. */
export function JobChoice({ job }: { job: Job }) {
  if (job.candidates.length === 0) return null;
  const ordered = [...job.candidates].sort((left, right) => Number(right.chosen) - Number(left.chosen));
  return (
    <Panel title="Why this engine">
      <ul className={classes.candidates}>
        {ordered.map(({ backend, model, device, chosen, reason }) => (
          <li key={`${backend} ${model} ${device}`}>
            <div>
              {backend} · {model} · {device} {chosen ? <span className={classes.chosen}>chosen</span> : null}
            </div>
            <div className={classes.quiet}>{reason}</div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
