'use client';

import { Skeleton } from '@mantine/core';
import { formatBytes, formatClock, formatSpan } from '../ui/format';
import classes from './job.module.css';
import { Panel } from './panel';
import type { Attempt, Chunk, JobWork } from './use-job-work';
import { attemptTitle } from './waterfall-bars';

const OUTCOMES: Readonly<Record<Attempt['outcome'], string>> = {
  RUNNING: 'running',
  SUCCEEDED: 'done',
  FAILED: 'failed',
  LOST: 'worker lost, taken over',
  RELEASED: 'handed back',
  CANCELLED: 'cancelled',
};

/** What the processes that worked for it used. */
function describeUse(use: Pick<Attempt, 'cpuPercentMean' | 'memoryBytesPeak' | 'memoryBytesChange'>): string[] {
  const { cpuPercentMean, memoryBytesPeak, memoryBytesChange } = use;
  const change =
    memoryBytesChange === null
      ? ''
      : ` (${memoryBytesChange < 0 ? '−' : '+'}${formatBytes(Math.abs(memoryBytesChange))})`;
  return [
    ...(cpuPercentMean === null ? [] : [`${Math.round(cpuPercentMean)} % CPU`]),
    ...(memoryBytesPeak === null ? [] : [`${formatBytes(memoryBytesPeak)}${change}`]),
  ];
}

/** All attempts together: what the job cost. */
function Cost({ performance }: { readonly performance: NonNullable<JobWork['performance']> }) {
  const { attempts, waitSeconds, computeSeconds } = performance;
  if (computeSeconds === null) return null;
  const parts = [
    `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    ...(waitSeconds === null ? [] : [`waited ${formatSpan(waitSeconds)}`]),
    `worked ${formatSpan(computeSeconds)}`,
    ...describeUse(performance),
  ];
  return <div className={`${classes.quiet} ${classes.cost} numeric`}>{parts.join(' · ')}</div>;
}

function AttemptLine({ attempt }: { attempt: Attempt }) {
  const { outcome, durationSeconds, worker, error, backend, device } = attempt;
  const parts = [
    durationSeconds === null ? undefined : formatSpan(durationSeconds),
    backend === null ? undefined : device === null ? backend : `${backend} on ${device}`,
    ...describeUse(attempt),
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

function chunkTitle({ index, state, startSeconds, endSeconds, crashes, worker }: Chunk): string {
  const crashed = crashes > 0 ? `, ${crashes} ${crashes === 1 ? 'crash' : 'crashes'}` : '';
  const where = worker === null ? '' : ` on ${worker.host}`;
  return `Chunk ${index + 1}, ${formatClock(startSeconds)} to ${formatClock(endSeconds)}: ${state.toLowerCase()}${where}${crashed}`;
}

function ChunkList({ chunks }: { readonly chunks: readonly Chunk[] }) {
  return (
    <details className={classes.chunkDetails}>
      <summary>Each chunk</summary>
      <ul className={`${classes.attempts} numeric`}>
        {chunks.map((chunk) => (
          <li key={chunk.id}>
            <div className={classes.quiet}>{chunkTitle(chunk)}</div>
            {chunk.error === null ? null : <div className={classes.failure}>{chunk.error.message}</div>}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What was done for this job, in which order, and what went wrong on the way. */
export function JobWorkPanel({ work }: { readonly work: JobWork | undefined }) {
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
        <>
          <div className={classes.chunks} role="img" aria-label={`${done} of ${chunks.length} chunks are done`}>
            {chunks.map((chunk) => (
              <div key={chunk.id} className={classes.chunk} data-state={chunk.state} title={chunkTitle(chunk)} />
            ))}
          </div>
          <ChunkList chunks={chunks} />
        </>
      ) : null}
      {work?.performance ? <Cost performance={work.performance} /> : null}
      {work !== undefined && attempts.length === 0 ? <div className={classes.quiet}>Nothing was begun yet.</div> : null}
      <ol className={classes.attempts}>
        {attempts.map((attempt) => (
          <AttemptLine key={attempt.id} attempt={attempt} />
        ))}
      </ol>
    </Panel>
  );
}
