/** 128 KiB, however long the recording is: 22 minutes in steps of 10 ms, three hours in steps of 160 ms at most. */
const PEAKS_MAX = 131_072;
const FIRST_STEP_SAMPLES = 160;
const SAMPLE_RATE_HZ = 16_000;

/** Loudest sample of each step, 0 = silence, 255 = full scale. */
export interface Peaks {
  readonly peaks: Uint8Array;
  readonly peakSeconds: number;
}

export interface PeakMeter {
  /** Takes 16 kHz samples in -1..1 as they come. */
  push(samples: Float32Array): void;
  finish(): Peaks;
}

/** Collects a waveform; when there are too many steps, neighbours are joined and steps are twice as long from then on. */
export function createPeakMeter(peaksMax: number = PEAKS_MAX): PeakMeter {
  const peaks = new Uint8Array(peaksMax);
  let stepSamples = FIRST_STEP_SAMPLES;
  let steps = 0;
  let loudest = 0;
  let count = 0;
  const closeStep = (): void => {
    peaks[steps] = Math.min(255, Math.round(loudest * 255));
    steps += 1;
    loudest = 0;
    count = 0;
    if (steps < peaksMax) return;
    for (let step = 0; step < steps / 2; step += 1)
      peaks[step] = Math.max(peaks[step * 2] ?? 0, peaks[step * 2 + 1] ?? 0);
    steps /= 2;
    stepSamples *= 2;
  };
  return {
    push: (samples) => {
      for (const sample of samples) {
        const loudness = Math.abs(sample);
        if (loudness > loudest) loudest = loudness;
        count += 1;
        if (count === stepSamples) closeStep();
      }
    },
    finish: () => {
      if (count > 0) closeStep();
      return { peaks: peaks.slice(0, steps), peakSeconds: stepSamples / SAMPLE_RATE_HZ };
    },
  };
}
