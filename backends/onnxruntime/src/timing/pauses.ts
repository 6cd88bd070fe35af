import { SAMPLE_RATE_HZ } from '@voice-transcriber/backend-sdk';

/** Loudness is measured in steps of 10 ms. */
const STEP_SECONDS = 0.01;
const STEP_SAMPLES = STEP_SECONDS * SAMPLE_RATE_HZ;

/** Shorter quiet stretches are the closures of consonants. */
const PAUSE_SECONDS_MIN = 0.12;

/** A pause that reaches less far into a range does not belong to it. */
const OVERLAP_SECONDS_MIN = 0.05;

/** In clean speech this far below the loud steps (decibels) nobody speaks … */
const QUIET_BELOW_LOUD_DECIBELS = 30;
/** … in noise what is little above the quietest steps, as long as it is well below the loud ones. */
const QUIET_ABOVE_FLOOR_DECIBELS = 6;
const NOISE_BELOW_LOUD_DECIBELS = 12;
const LOUD_QUANTILE = 0.9;
const FLOOR_QUANTILE = 0.03;

export interface Pause {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Finds the stretches of a window in which nobody speaks, by loudness alone, in order. */
export function findPauses(samples: Float32Array): readonly Pause[] {
  const levels = stepLevels(samples);
  const quiet = quietLevel(levels);
  const pauses: Pause[] = [];
  let start = 0;
  for (let step = 0; step <= levels.length; step++) {
    if (step < levels.length && (levels[step] as number) < quiet) continue;
    if ((step - start) * STEP_SECONDS >= PAUSE_SECONDS_MIN) {
      pauses.push({ startSeconds: start * STEP_SECONDS, endSeconds: step * STEP_SECONDS });
    }
    start = step + 1;
  }
  return pauses;
}

/** The pause of which the most lies between two moments, cut to them; undefined when none reaches in. */
export function longestPause(pauses: readonly Pause[], startSeconds: number, endSeconds: number): Pause | undefined {
  let longest: Pause | undefined;
  for (const pause of pauses) {
    const cut = {
      startSeconds: Math.max(pause.startSeconds, startSeconds),
      endSeconds: Math.min(pause.endSeconds, endSeconds),
    };
    const length = cut.endSeconds - cut.startSeconds;
    if (length >= OVERLAP_SECONDS_MIN && (longest === undefined || length > longest.endSeconds - longest.startSeconds))
      longest = cut;
  }
  return longest;
}

function quietLevel(levels: Float32Array): number {
  const sorted = levels.slice().sort();
  const quantile = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const loud = quantile(LOUD_QUANTILE);
  const aboveFloor = Math.min(quantile(FLOOR_QUANTILE) + QUIET_ABOVE_FLOOR_DECIBELS, loud - NOISE_BELOW_LOUD_DECIBELS);
  return Math.max(loud - QUIET_BELOW_LOUD_DECIBELS, aboveFloor);
}

/** Mean power of each step, in decibels. */
function stepLevels(samples: Float32Array): Float32Array {
  const levels = new Float32Array(Math.ceil(samples.length / STEP_SAMPLES));
  for (let step = 0; step < levels.length; step++) {
    const start = step * STEP_SAMPLES;
    const end = Math.min(samples.length, start + STEP_SAMPLES);
    let sum = 0;
    for (let index = start; index < end; index++) sum += (samples[index] as number) ** 2;
    levels[step] = 10 * Math.log10(sum / (end - start) + 1e-12);
  }
  return levels;
}
