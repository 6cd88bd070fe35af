import type { ModelSpeedRow } from '@voice-transcriber/db';
import type { KnownModel } from '../graphql/known-models.js';

export interface Recommendation {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
  readonly host: string;
  /** MAX_CONCURRENT_JOBS. */
  readonly concurrentJobs: number;
  /** INFERENCE_THREADS. */
  readonly threads: number;
  readonly audioSecondsPerSecond: number;
  readonly reason: string;
}

export interface Room {
  readonly cores: number;
  readonly memoryBytesAvailable: number;
}

/** What API, worker, database and console take without any model. */
const BASE_MEMORY_BYTES = 700e6;
/** More threads than this bring no inference process anything. */
const THREADS_MAX = 8;

/**
 * For each installed model that was measured: the fastest way it ran, and how many jobs have room beside each other. A job keeps the cores busy for
 * most of its time and one more prepares its audio meanwhile, so there are at most as many as cores and one on top, as far as memory goes.
 */
export function recommend(
  models: readonly KnownModel[],
  speeds: readonly ModelSpeedRow[],
  { cores, memoryBytesAvailable }: Room,
): Recommendation[] {
  const found: Recommendation[] = [];
  for (const { name, installed, official } of models) {
    if (installed === undefined) continue;
    const [fastest] = speeds
      .filter(({ model }) => model === name)
      .sort((left, right) => right.audioSecondsPerSecond - left.audioSecondsPerSecond);
    if (fastest === undefined) continue;
    const memoryBytes = official?.memoryBytesNeeded ?? installed.manifest.fileBytes * 3;
    const byMemory = Math.floor((memoryBytesAvailable - BASE_MEMORY_BYTES) / memoryBytes);
    const concurrentJobs = Math.max(1, Math.min(cores + 1, byMemory));
    const { backend, device, host, audioSecondsPerSecond, measurements } = fastest;
    const limit = byMemory < cores + 1 ? 'memory has room for no more' : `${cores} cores feed no more`;
    const times = `${measurements} ${measurements === 1 ? 'measurement' : 'measurements'}`;
    const reason = `${backend} on ${device} of ${host} made ${audioSecondsPerSecond.toFixed(1)} s of audio per second (${times}), the fastest way here; a model takes about ${(memoryBytes / 1e6).toFixed(0)} MB, and ${limit}.`;
    found.push({
      model: name,
      backend,
      device,
      host,
      concurrentJobs,
      threads: Math.min(cores, THREADS_MAX),
      audioSecondsPerSecond,
      reason,
    });
  }
  return found;
}
