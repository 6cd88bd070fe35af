import { estimateMemoryBytes, BASE_MEMORY_BYTES } from './model-memory.js';
import type { Measurement } from './measurement.js';
import { countText } from './quantities.js';

/** More threads than this bring no inference process anything. */
export const THREADS_MAX = 8;
/** The performance guide asks for 0.1x real time: ten minutes of audio in one. */
export const SPEED_ASKED = 10;
/** As fast as the best one, within what two measurements of the same thing differ by. */
const EQUAL_SHARE = 0.95;
/** One more prepares its audio while the others keep the model busy. */
const JOBS_PREPARING = 1;
/** A further job's share of the model's process, where it was not measured. */
const JOB_MEMORY_BYTES = 150e6;

export interface RecommendedModel {
  readonly name: string;
  readonly fileBytes: number;
  readonly languages: readonly string[];
}

export interface Recommendation {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
  readonly host: string;
  /** MAX_CONCURRENT_JOBS. */
  readonly concurrentJobs: number;
  /** Whether that number was measured; else it is worked out from the cores and said so. */
  readonly concurrentJobsMeasured: boolean;
  /** INFERENCE_THREADS. */
  readonly threads: number;
  readonly audioSecondsPerSecond: number;
  /** The one to take: the most accurate that is as fast as the performance guide asks, else the fastest. */
  readonly isBest: boolean;
  /** What was measured, and what follows. */
  readonly reason: string;
}

export interface Room {
  readonly cores: number;
  readonly memoryBytesAvailable: number;
}

/**
 * For each installed model that was measured: the fastest way it ran, with how many threads, and how many jobs at once brought more. Nothing is recommended of
 * which nothing was measured.
 */
export function recommend(
  models: readonly RecommendedModel[],
  measurements: readonly Measurement[],
  room: Room,
): Recommendation[] {
  const found = models.flatMap((model) => {
    const own = measurements.filter(
      ({ model: name, audioSecondsPerSecond }) => name === model.name && audioSecondsPerSecond > 0,
    );
    return own.length === 0 ? [] : [{ model, recommendation: recommendModel(model, own, room) }];
  });
  const best = chooseBest(found);
  return found
    .map(({ recommendation }) => ({ ...recommendation, isBest: recommendation.model === best }))
    .toSorted((one, other) => Number(other.isBest) - Number(one.isBest));
}

type Found = { readonly model: RecommendedModel; readonly recommendation: Omit<Recommendation, 'isBest'> };

/** The larger, the more accurate. A model that hears English only is no answer for everybody. */
function chooseBest(found: readonly Found[]): string | undefined {
  const hearsAll = ({ model }: Found) => model.languages.includes('*');
  const usable = found.some(hearsAll) ? found.filter(hearsAll) : found;
  const quick = usable.filter(({ recommendation }) => recommendation.audioSecondsPerSecond >= SPEED_ASKED);
  const bySpeed = (one: Found, other: Found) =>
    other.recommendation.audioSecondsPerSecond - one.recommendation.audioSecondsPerSecond;
  const [best] =
    quick.length > 0
      ? quick.toSorted((one, other) => other.model.fileBytes - one.model.fileBytes)
      : usable.toSorted(bySpeed);
  return best?.model.name;
}

function recommendModel(
  model: RecommendedModel,
  measurements: readonly Measurement[],
  room: Room,
): Omit<Recommendation, 'isBest'> {
  const fastest = measurements.reduce((best, one) =>
    one.audioSecondsPerSecond > best.audioSecondsPerSecond ? one : best,
  );
  const { backend, device, host, audioSecondsPerSecond, source } = fastest;
  const same = measurements.filter((one) => one.backend === backend && one.device === device && one.host === host);
  const threads = chooseThreads(same, room);
  const jobs = chooseJobs(
    model,
    same.filter((one) => one.threads === null || one.threads === threads.count),
    room,
  );
  const times = countText(fastest.measurements, 'measurement');
  const from = { calibration: 'calibration', benchmark: 'benchmark', 'self-test': 'self-test', jobs: 'real jobs' }[
    source
  ];
  const reason = `${backend} on ${device} of ${host} made ${audioSecondsPerSecond.toFixed(1)} s of audio per second (${times}, ${from}), the fastest way here; ${threads.reason}; ${jobs.reason}.`;
  return {
    ...{ model: model.name, backend, device, host, audioSecondsPerSecond, reason },
    threads: threads.count,
    concurrentJobs: jobs.count,
    concurrentJobsMeasured: jobs.isMeasured,
  };
}

function chooseThreads(same: readonly Measurement[], { cores }: Room) {
  const speeds = bestBy(same, ({ threads }) => threads);
  const usual = Math.min(cores, THREADS_MAX);
  if (speeds.size < 2)
    return { count: [...speeds.keys()][0] ?? usual, reason: 'other numbers of threads were not measured' };
  const best = [...speeds].reduce((one, other) => (other[1] > one[1] ? other : one))[0];
  // As fast with one job as with many: with one thread alone a single recording takes longer, though many together do not.
  const count = [...speeds.keys()].find((threads) => isAsFast(same, threads, best)) ?? best;
  const figures = [...speeds].map(([threads, speed]) => `${threads}: ${speed.toFixed(1)}x`).join(', ');
  return { count, reason: `by threads ${figures}` };
}

function isAsFast(same: readonly Measurement[], threads: number, best: number): boolean {
  const byJobs = (count: number) =>
    bestBy(
      same.filter((one) => one.threads === count),
      ({ atOnce }) => atOnce ?? 0,
    );
  const own = byJobs(threads);
  return [...byJobs(best)].every(([jobs, speed]) => (own.get(jobs) ?? Infinity) >= speed * EQUAL_SHARE);
}

/** So many as still made it faster, as far as memory goes. */
function chooseJobs({ name, fileBytes }: RecommendedModel, same: readonly Measurement[], room: Room) {
  const speeds = bestBy(same, ({ atOnce }) => atOnce);
  const memory = bestBy(
    same.filter(({ memoryBytesPeak }) => memoryBytesPeak !== null),
    ({ atOnce }) => atOnce,
    ({ memoryBytesPeak }) => memoryBytesPeak ?? 0,
  );
  const jobBytes = Math.max(JOB_MEMORY_BYTES, growth(memory));
  const modelBytes = Math.max(estimateMemoryBytes({ name, fileBytes }), ...memory.values());
  const byMemory = Math.max(1, Math.floor((room.memoryBytesAvailable - BASE_MEMORY_BYTES - modelBytes) / jobBytes) + 1);
  const isMeasured = speeds.size >= 2;
  const wanted = (isMeasured ? smallestOfBest(speeds) : room.cores) + JOBS_PREPARING;
  const count = Math.min(wanted, byMemory);
  const figures = [...speeds].map(([jobs, speed]) => `${jobs}: ${speed.toFixed(1)}x`).join(', ');
  const why = isMeasured
    ? `by jobs at once ${figures}, and one more prepares its audio`
    : `jobs at once were not measured: ${countText(room.cores, 'core feeds', 'cores feed')} as many, and one more prepares its audio`;
  return { count, isMeasured, reason: count < wanted ? `${why}, but memory has room for ${byMemory}` : why };
}

/** Bytes that each further job took, at most. */
function growth(memory: ReadonlyMap<number, number>): number {
  const points = [...memory].toSorted(([one], [other]) => one - other);
  const steps = points.slice(1).map(([jobs, bytes], index) => {
    const [jobsBefore = 0, bytesBefore = 0] = points[index] ?? [];
    return (bytes - bytesBefore) / (jobs - jobsBefore);
  });
  return Math.max(0, ...steps);
}

/** The best figure for each value of a setting that was noted, in the order of the setting. */
function bestBy(
  measurements: readonly Measurement[],
  settingOf: (measurement: Measurement) => number | null,
  figureOf: (measurement: Measurement) => number = ({ audioSecondsPerSecond }) => audioSecondsPerSecond,
): Map<number, number> {
  const best = new Map<number, number>();
  for (const measurement of measurements) {
    const setting = settingOf(measurement);
    if (setting !== null) best.set(setting, Math.max(best.get(setting) ?? 0, figureOf(measurement)));
  }
  return new Map([...best].sort(([one], [other]) => one - other));
}

function smallestOfBest(speeds: ReadonlyMap<number, number>): number {
  const best = Math.max(...speeds.values());
  return [...speeds].find(([, speed]) => speed >= best * EQUAL_SHARE)?.[0] ?? 1;
}
