import { SAMPLE_RATE_HZ, WINDOW_SECONDS_MAX } from '../index.js';

/** whisper.cpp ignores audio of a second or less: shorter windows are filled up with silence. */
const SAMPLES_MIN = 1.5 * SAMPLE_RATE_HZ;
/** The model hears the first words better after a moment of silence; a full window has no room for it. */
const LEAD_SAMPLES = 0.5 * SAMPLE_RATE_HZ;
const SAMPLES_MAX = WINDOW_SECONDS_MAX * SAMPLE_RATE_HZ;
/** Quieter than the last bit of 16-bit audio. */
const SILENCE_AMPLITUDE = 1 / 32_768;

/** Whether nothing was recorded at all, so that the model need not be asked. */
export function isDigitalSilence(samples: Float32Array): boolean {
  return !samples.some((sample) => Math.abs(sample) > SILENCE_AMPLITUDE);
}

/** The window's samples as whisper.cpp hears them best: after a moment of silence, and never too short for it. */
export function padSamples(samples: Float32Array): Float32Array {
  const lead = Math.max(0, Math.min(LEAD_SAMPLES, SAMPLES_MAX - samples.length));
  const longer = new Float32Array(Math.max(SAMPLES_MIN, lead + samples.length));
  longer.set(samples, lead);
  return longer;
}
