import type { EnginesQuery } from '../gql/graphql';

export interface ExpectedSpeed {
  /** Seconds of audio in one second of computing. */
  readonly audioSecondsPerSecond: number;
  /** How many finished jobs say so; 0 when only a self-test does. */
  readonly jobs: number;
}

export interface EngineWish {
  readonly model: string;
  readonly backend?: string | null | undefined;
  readonly device?: string | null | undefined;
}

/** Below this a job says more about loading than about speed. */
const AUDIO_SECONDS_MIN = 5;

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  if (upper === undefined) return undefined;
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

/**
 * How fast this installation will be with the wished engine: the median of its finished jobs, else its fastest self-test. Undefined when neither was measured:
 * no figure is better than a guessed one.
 */
export function expectSpeed(engines: EnginesQuery, { model, backend, device }: EngineWish): ExpectedSpeed | undefined {
  const agrees = (wished: string | null | undefined, is: string | null) =>
    wished === null || wished === undefined || wished === is;
  const factors = engines.transcriptions.nodes
    .filter((job) => job.model === model && agrees(backend, job.backend) && agrees(device, job.device))
    .filter((job) => (job.audioSeconds ?? 0) >= AUDIO_SECONDS_MIN)
    .flatMap(({ realTimeFactor }) => (realTimeFactor === null || realTimeFactor <= 0 ? [] : [realTimeFactor]));
  const factor = median(factors);
  if (factor !== undefined) return { audioSecondsPerSecond: 1 / factor, jobs: factors.length };
  const tested = engines.backends
    .filter(({ name }) => agrees(backend, name))
    .flatMap(({ selfTests }) => selfTests)
    .filter((test) => test.ok && test.model === model && agrees(device, test.deviceActual))
    .flatMap(({ audioSecondsPerSecond }) => (audioSecondsPerSecond === null ? [] : [audioSecondsPerSecond]));
  return tested.length === 0 ? undefined : { audioSecondsPerSecond: Math.max(...tested), jobs: 0 };
}
