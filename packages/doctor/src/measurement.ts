import { summarizeResult } from '@voice-transcriber/benchmark';
import {
  listBenchmarkResults,
  listBenchmarkRuns,
  listModelSpeeds,
  type ModelSpeedRow,
  type Orm,
} from '@voice-transcriber/db';

/** A speed that was measured, with what it was measured with. */
export interface Measurement {
  readonly host: string;
  readonly model: string;
  readonly backend: string;
  readonly device: string;
  /** Null: with the worker's own. */
  readonly threads: number | null;
  /** Recordings, or windows of one, that the model worked on at once; null: as many as came. */
  readonly atOnce: number | null;
  readonly audioSecondsPerSecond: number;
  /** Of the inference process; null: not noted. */
  readonly memoryBytesPeak: number | null;
  readonly measurements: number;
  readonly source: 'calibration' | ModelSpeedRow['source'];
}

/** Older runs may be of another version. */
const RUNS_MAX = 20;

/** Everything that was measured and kept: by jobs, by self-tests, by benchmarks and by earlier calibrations. */
export async function readMeasurements(orm: Orm): Promise<Measurement[]> {
  const speeds = (await listModelSpeeds(orm)).map((row) => ({
    ...pick(row),
    threads: null,
    atOnce: null,
    memoryBytesPeak: null,
  }));
  const runs = (await listBenchmarkRuns(orm, { limit: RUNS_MAX })).map(({ run }) => run);
  const results = await listBenchmarkResults(orm, { runIds: runs.map(({ id }) => id) });
  const cells = results.flatMap((result) => {
    const host = runs.find(({ id }) => id === result.runId)?.host;
    const summary = result.state === 'completed' ? summarizeResult(result) : undefined;
    if (host === null || host === undefined || summary === undefined) return [];
    const { model, backend, device, threads, batch, iterations } = result;
    return [
      {
        ...{ host, model, backend, device, threads, atOnce: batch },
        audioSecondsPerSecond: summary.speed,
        memoryBytesPeak: summary.memoryBytesPeak,
        measurements: iterations.length,
        source: 'benchmark' as const,
      },
    ];
  });
  return [...speeds, ...cells];
}

function pick({ host, model, backend, device, audioSecondsPerSecond, measurements, source }: ModelSpeedRow) {
  return { host, model, backend, device, audioSecondsPerSecond, measurements, source };
}
