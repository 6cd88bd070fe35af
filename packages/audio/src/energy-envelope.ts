/** How finely a quiet place is looked for: a tenth of a second. */
export const ENVELOPE_STEP_SECONDS = 0.1;
const STEP_SAMPLES = 1600;
const LEVEL_DECIBELS_MIN = -127.5;

/** Loudness of each tenth of a second: 0 = -127.5 dBFS or less, 255 = full scale, half a decibel apart. One byte each: 36 kB for an hour. */
export type EnergyEnvelope = Uint8Array;

export interface EnergyMeter {
  /** Takes 16 kHz samples in -1..1 as they come. */
  push(samples: Float32Array): void;
  finish(): EnergyEnvelope;
}

export function createEnergyMeter(): EnergyMeter {
  let levels = new Uint8Array(36_000);
  let steps = 0;
  let sum = 0;
  let count = 0;
  const closeStep = (): void => {
    if (steps === levels.length) {
      const larger = new Uint8Array(levels.length * 2);
      larger.set(levels);
      levels = larger;
    }
    levels[steps] = levelOf(sum / count);
    steps += 1;
    sum = 0;
    count = 0;
  };
  return {
    push: (samples) => {
      for (const sample of samples) {
        sum += sample * sample;
        count += 1;
        if (count === STEP_SAMPLES) closeStep();
      }
    },
    finish: () => {
      if (count > 0) closeStep();
      return levels.slice(0, steps);
    },
  };
}

function levelOf(meanSquare: number): number {
  const decibels = meanSquare <= 0 ? LEVEL_DECIBELS_MIN : 10 * Math.log10(meanSquare);
  return Math.round(Math.min(0, Math.max(LEVEL_DECIBELS_MIN, decibels)) * 2 + 255);
}
