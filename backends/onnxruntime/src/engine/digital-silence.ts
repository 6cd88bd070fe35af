/** Three steps of 16-bit audio: no voice can be coded in less, and no window below it needs a model. */
const SILENCE_PEAK = 1e-4;

/** Whether a window holds nothing at all. Whisper invents words for such windows. */
export function isDigitalSilence(samples: Float32Array): boolean {
  return samples.every((sample) => Math.abs(sample) < SILENCE_PEAK);
}
