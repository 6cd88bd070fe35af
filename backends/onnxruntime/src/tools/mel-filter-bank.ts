import { SAMPLE_RATE_HZ } from '@voice-transcriber/backend-sdk';
import type { MelFilters } from '../checkpoint/read-checkpoint.js';

/** Frequencies of a transform of 400 samples. */
const FREQUENCIES = 201;
const NYQUIST_HZ = SAMPLE_RATE_HZ / 2;

/** Slaney's scale: linear up to 1 kHz, then logarithmic. */
const LINEAR_HZ_PER_MEL = 200 / 3;
const LOGARITHMIC_FROM_HZ = 1000;
const LOGARITHMIC_FROM_MEL = LOGARITHMIC_FROM_HZ / LINEAR_HZ_PER_MEL;
const LOGARITHMIC_STEP = Math.log(6.4) / 27;

/**
 * Whisper's mel filters: triangles between neighbouring mel frequencies, each of area one (librosa, `filters.mel` with its defaults, which openai/whisper
 * keeps as mel_filters.npz). Checkpoints carry theirs; this makes those of models with another number of bins.
 */
export function createMelFilters(bins: number): MelFilters {
  const melMax = hertzToMel(NYQUIST_HZ);
  const borders = Array.from({ length: bins + 2 }, (_, index) => melToHertz((melMax * index) / (bins + 1)));
  const weights = new Float32Array(bins * FREQUENCIES);
  for (let bin = 0; bin < bins; bin++) {
    const [low, middle, high] = borders.slice(bin, bin + 3) as [number, number, number];
    for (let frequency = 0; frequency < FREQUENCIES; frequency++) {
      const hertz = (NYQUIST_HZ * frequency) / (FREQUENCIES - 1);
      const height = Math.max(0, Math.min((hertz - low) / (middle - low), (high - hertz) / (high - middle)));
      weights[bin * FREQUENCIES + frequency] = (height * 2) / (high - low);
    }
  }
  return { bins, frequencies: FREQUENCIES, weights };
}

function hertzToMel(hertz: number): number {
  if (hertz < LOGARITHMIC_FROM_HZ) return hertz / LINEAR_HZ_PER_MEL;
  return LOGARITHMIC_FROM_MEL + Math.log(hertz / LOGARITHMIC_FROM_HZ) / LOGARITHMIC_STEP;
}

function melToHertz(mel: number): number {
  if (mel < LOGARITHMIC_FROM_MEL) return mel * LINEAR_HZ_PER_MEL;
  return LOGARITHMIC_FROM_HZ * Math.exp((mel - LOGARITHMIC_FROM_MEL) * LOGARITHMIC_STEP);
}
