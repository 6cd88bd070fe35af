import { SAMPLE_RATE_HZ } from '@voice-transcriber/backend-sdk';
import type { Profile } from './profile.js';

const FRAME_SAMPLES = 160;

/** A stretch of sound, in seconds from the start of the samples. */
export interface Burst {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Frames of a hundredth of a second that are loud enough, joined over pauses that are too short to count. In order, not overlapping. */
export function findBursts(samples: Float32Array, { thresholdAmplitude, pauseSeconds }: Profile): Burst[] {
  const bursts: Burst[] = [];
  for (let first = 0; first < samples.length; first += FRAME_SAMPLES) {
    const frame = samples.subarray(first, first + FRAME_SAMPLES);
    const meanSquare = frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length;
    if (Math.sqrt(meanSquare) < thresholdAmplitude) continue;
    const startSeconds = first / SAMPLE_RATE_HZ;
    const endSeconds = (first + frame.length) / SAMPLE_RATE_HZ;
    const last = bursts.at(-1);
    if (last !== undefined && startSeconds - last.endSeconds < pauseSeconds) {
      bursts[bursts.length - 1] = { startSeconds: last.startSeconds, endSeconds };
    } else {
      bursts.push({ startSeconds, endSeconds });
    }
  }
  return bursts;
}
