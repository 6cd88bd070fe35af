import type { TranscribeJob } from './transcribe-job.js';

/** Whose window goes in next: higher priority first, suspects before others of their priority, then turns, then first come first served. */
export function nextJob(jobs: readonly TranscribeJob[]): TranscribeJob | undefined {
  return jobs
    .filter(({ hasPending }) => hasPending)
    .sort(
      (one, other) =>
        other.priority - one.priority ||
        Number(other.hasSuspect) - Number(one.hasSuspect) ||
        one.servedAt - other.servedAt ||
        one.arrival - other.arrival,
    )[0];
}
