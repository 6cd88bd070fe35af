import type { BenchmarkResult, BenchmarkRun } from './benchmark-run.js';

/** Makes a run from rows of the database, which hold more than reports show. */
export function assembleRun(run: Omit<BenchmarkRun, 'results'>, results: readonly BenchmarkResult[]): BenchmarkRun {
  const { id, state, createdAt, finishedAt, order, machine, audio, error } = run;
  return {
    id,
    state,
    createdAt,
    finishedAt,
    order,
    machine,
    audio,
    error: error && { code: error.code, message: error.message },
    results: results.map(toResult),
  };
}

function toResult(row: BenchmarkResult): BenchmarkResult {
  const { backend, model, device, threads, batch, state, error, loadSeconds, audioSeconds } = row;
  const { iterations, stable, clips, unsteadyClips, skippedClips, profile } = row;
  return {
    ...{ backend, model, device, threads, batch, state, loadSeconds, audioSeconds },
    error: error && { code: error.code, message: error.message },
    ...{ iterations, stable, clips, unsteadyClips, skippedClips, profile },
  };
}
