'use client';

import { Skeleton } from '@mantine/core';
import { isTerminal } from '../jobs/job-states';
import { formatClock, formatSpan } from '../ui/format';
import type { Job } from './job-state';
import classes from './job.module.css';
import { Panel } from './panel';
import { useJobWork, type Attempt, type Chunk } from './use-job-work';

const OUTCOMES: Readonly<Record<Attempt['outcome'], string>> = {
  RUNNING: 'running',
  SUCCEEDED: 'done',
  FAILED: 'failed',
  LOST: 'worker lost, taken over',
  RELEASED: 'handed back',
  CANCELLED: 'cancelled',
};

function attemptTitle({ kind, chunkIndex }: Attempt): string {
  if (kind === 'PREPARE') return 'Prepare';
  if (kind === 'FINISH') return 'Finish';
  return chunkIndex === null ? 'Chunk' : `Chunk ${chunkIndex + 1}`;
}

function AttemptLine({ attempt }: { attempt: Attempt }) {
  const { outcome, durationSeconds, worker, error } = attempt;
  const parts = [
    durationSeconds === null ? undefined : formatSpan(durationSeconds),
    worker === null ? undefined : worker.host,
  ];
  return (
    <li>
      <div>
        {attemptTitle(attempt)} · {OUTCOMES[outcome]}
      </div>
      <div className={`${classes.quiet} numeric`}>{parts.filter((part) => part !== undefined).join(' · ')}</div>
      {error === null ? null : <div className={classes.failure}>{error.message}</div>}
    </li>
  );
}

function chunkTitle({ index, state, startSeconds, endSeconds, crashes }: Chunk): string {
  const crashed = crashes > 0 ? `, ${crashes} ${crashes === 1 ? 'crash' : 'crashes'}` : '';
  return `Chunk ${index + 1}, ${formatClock(startSeconds)} to ${formatClock(endSeconds)}: ${state.toLowerCase()}${crashed}`;
}

/** What was done for this job, in which order, and what went wrong on the way. */
export function JobWorkPanel({ job }: { job: Job }) {
  const work = useJobWork(job.id, job.state, !isTerminal(job.state));
  const chunks = work?.chunks.nodes ?? [];
  const attempts = work?.attempts.nodes ?? [];
  const done = chunks.filter(({ state }) => state === 'DONE').length;
  return (
    <Panel
      title="Work"
      aside={
        chunks.length > 1 ? (
          <span className={`${classes.quiet} numeric`}>{`${done} of ${chunks.length} chunks`}</span>
        ) : null
      }
    >
      {work === undefined ? <Skeleton height={40} /> : null}
      {chunks.length > 1 ? (
        <div className={classes.chunks} role="img" aria-label={`${done} of ${chunks.length} chunks are done`}>
          {chunks.map((chunk) => (
            <div key={chunk.id} className={classes.chunk} data-state={chunk.state} title={chunkTitle(chunk)} />
          ))}
        </div>
      ) : null}
      {work !== undefined && attempts.length === 0 ? <div className={classes.quiet}>Nothing was begun yet.</div> : null}
      <ol className={classes.attempts}>
        {attempts.map((attempt) => (
          <AttemptLine key={attempt.id} attempt={attempt} />
        ))}
      </ol>
    </Panel>
  );
}
