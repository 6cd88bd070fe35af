import { SAMPLE_RATE_HZ } from '@voice-transcriber/backend-sdk';
import { AUDIO_CONTEXT, POSITION_SECONDS } from '../checkpoint/hyper-parameters.js';
import { CONTEXT_SAMPLES } from '../graphs/log-mel-graph.js';

const FRAME_SAMPLES = POSITION_SECONDS * SAMPLE_RATE_HZ;

/** Silence that the model hears after a window: with a second of it as many words are right as with the rest of 30 s, with half a second fewer (README). */
const MARGIN_FRAMES = 50;
/** Lengths are few, because ONNX Runtime plans its memory for each. */
const FRAMES_STEP = 25;

/** Frames of 20 ms that hold `sampleCount` samples. */
export function audioFrames(sampleCount: number): number {
  return Math.min(AUDIO_CONTEXT, Math.max(1, Math.ceil(sampleCount / FRAME_SAMPLES)));
}

/** Frames that are encoded for a window: the time of a pass grows faster than its length, and most windows are shorter than 30 s. */
export function encodedFrames(sampleCount: number): number {
  const wanted = audioFrames(sampleCount) + MARGIN_FRAMES;
  return Math.min(AUDIO_CONTEXT, FRAMES_STEP * Math.ceil(wanted / FRAMES_STEP));
}

/** Samples for so many frames: the beginning mirrored into the context before it, as Whisper's spectrogram does; what follows the window is silence. */
export function padSamples(samples: Float32Array, frames: number): Float32Array {
  const padded = new Float32Array(frames * FRAME_SAMPLES + 2 * CONTEXT_SAMPLES);
  padded.set(samples, CONTEXT_SAMPLES);
  for (let index = 1; index <= CONTEXT_SAMPLES; index++) padded[CONTEXT_SAMPLES - index] = samples[index] ?? 0;
  return padded;
}
