import { isTerminal } from '../jobs/job-states';
import type { Job } from './job-state';
import type { Attempt } from './use-job-work';

export interface WaterfallBar {
  readonly key: string;
  readonly label: string;
  readonly tone: 'waiting' | 'prepare' | 'compute' | 'finish' | 'failed';
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly worker: string | undefined;
  readonly running: boolean;
}

export interface Waterfall {
  readonly bars: readonly WaterfallBar[];
  readonly totalSeconds: number;
}

const TONES: Readonly<Record<Attempt['kind'], WaterfallBar['tone']>> = {
  PREPARE: 'prepare',
  CHUNK: 'compute',
  FINISH: 'finish',
};

export function attemptTitle({ kind, chunkIndex }: Pick<Attempt, 'kind' | 'chunkIndex'>): string {
  if (kind === 'PREPARE') return 'Prepare';
  if (kind === 'FINISH') return 'Finish';
  return chunkIndex === null ? 'Chunk' : `Chunk ${chunkIndex + 1}`;
}

const unsuccessful = ({ outcome }: Attempt): boolean => outcome === 'FAILED' || outcome === 'LOST';

/**
 * Where the time of a job went, from being created to its end or to `now`: the wait before the first attempt, then each attempt at its place.
 *
 * A job that was tried again begins at its first attempt: the pause in between belongs to nobody.
 */
export function layOutWaterfall(
  job: Pick<Job, 'createdAt' | 'finishedAt' | 'state' | 'retries'>,
  attempts: readonly Attempt[],
  now: Date,
): Waterfall {
  const ordered = [...attempts].sort((left, right) => left.startedAt.localeCompare(right.startedAt));
  const firstStart = ordered[0] === undefined ? undefined : Date.parse(ordered[0].startedAt);
  const created = Date.parse(job.createdAt);
  const origin = job.retries > 0 && firstStart !== undefined ? firstStart : created;
  const end = isTerminal(job.state) && job.finishedAt !== null ? Date.parse(job.finishedAt) : now.getTime();
  const ends = ordered.map(({ finishedAt }) => (finishedAt === null ? end : Date.parse(finishedAt)));
  const totalSeconds = Math.max(0.001, (Math.max(end, ...ends) - origin) / 1000);
  const waitedUntil = firstStart ?? end;
  const queued: WaterfallBar = {
    key: 'queued',
    label: 'Queued',
    tone: 'waiting',
    startSeconds: 0,
    durationSeconds: Math.max(0, (waitedUntil - origin) / 1000),
    worker: undefined,
    running: firstStart === undefined && !isTerminal(job.state),
  };
  const bars = ordered.map((attempt): WaterfallBar => {
    const start = Date.parse(attempt.startedAt);
    const finish = attempt.finishedAt === null ? end : Date.parse(attempt.finishedAt);
    return {
      key: attempt.id,
      label: attemptTitle(attempt),
      tone: unsuccessful(attempt) ? 'failed' : TONES[attempt.kind],
      startSeconds: Math.max(0, (start - origin) / 1000),
      durationSeconds: Math.max(0, (finish - start) / 1000),
      worker: attempt.worker?.host,
      running: attempt.outcome === 'RUNNING',
    };
  });
  return { bars: origin === created ? [queued, ...bars] : bars, totalSeconds };
}
