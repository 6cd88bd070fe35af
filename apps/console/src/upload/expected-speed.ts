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

/** From here on what starting costs hardly counts: a job of ten seconds can be five times slower than an hour is. */
const LONG_AUDIO_SECONDS_MIN = 60;

interface Measured {
  readonly factor: number;
  readonly audioSeconds: number;
}

/** Half of the audio was faster, half was slower: what starting a job costs would make short ones speak for long ones. */
function medianOfAudio(jobs: readonly Measured[]): number | undefined {
  const sorted = [...jobs].sort((left, right) => left.factor - right.factor);
  const half = sorted.reduce((sum, { audioSeconds }) => sum + audioSeconds, 0) / 2;
  let passed = 0;
  return sorted.find(({ audioSeconds }) => (passed += audioSeconds) >= half)?.factor;
}

function speedOf(jobs: readonly Measured[]): ExpectedSpeed | undefined {
  const factor = medianOfAudio(jobs);
  return factor === undefined ? undefined : { audioSecondsPerSecond: 1 / factor, jobs: jobs.length };
}

/**
 * How fast this installation will be with the wished engine: the median of its finished jobs by their audio, else its fastest self-test, else what
 * jobs of less than a minute say. Undefined when nothing was measured: no figure is better than a guessed one.
 */
export function expectSpeed(engines: EnginesQuery, { model, backend, device }: EngineWish): ExpectedSpeed | undefined {
  const agrees = (wished: string | null | undefined, is: string | null) =>
    wished === null || wished === undefined || wished === is;
  const jobs = engines.transcriptions.nodes
    .filter((job) => job.model === model && agrees(backend, job.backend) && agrees(device, job.device))
    .flatMap(({ realTimeFactor, audioSeconds }) =>
      realTimeFactor === null || realTimeFactor <= 0 || (audioSeconds ?? 0) < AUDIO_SECONDS_MIN
        ? []
        : [{ factor: realTimeFactor, audioSeconds: audioSeconds ?? 0 }],
    );
  const ofLong = speedOf(jobs.filter(({ audioSeconds }) => audioSeconds >= LONG_AUDIO_SECONDS_MIN));
  if (ofLong !== undefined) return ofLong;
  const tested = engines.backends
    .filter(({ name }) => agrees(backend, name))
    .flatMap(({ selfTests }) => selfTests)
    .filter((test) => test.ok && test.model === model && agrees(device, test.deviceActual))
    .flatMap(({ audioSecondsPerSecond }) => (audioSecondsPerSecond === null ? [] : [audioSecondsPerSecond]));
  return tested.length === 0 ? speedOf(jobs) : { audioSecondsPerSecond: Math.max(...tested), jobs: 0 };
}
