import { FRAME_SAMPLES, FRAME_SECONDS, SPEECH_SPAN_DEFAULTS } from './speech-spans.js';
import type { VoiceActivityModel, VoiceListener } from './voice-activity.js';

/** Shorter silence is a pause between words. */
const SILENCE_SECONDS_MIN = 1.5;
/** Silence is listened to again in pieces of at most this, so that memory does not grow with it. */
const SILENCE_FRAMES_MAX = Math.ceil(30 / FRAME_SECONDS);
/** Less speech than this in a whole silence is a rustle that a fresh ear takes for a voice. */
const SPEECH_SECONDS_MIN = 1;

/**
 * Listens to every longer silence a second time, as if nothing had come before it.
 *
 * The model adapts to loud voices and then hears nothing at all of a quiet one behind them: somebody farther from the microphone, for as long as he speaks. Heard
 * on its own the same passage is speech from end to end. A silence that the second ear finds a second of speech in gets the higher of both probabilities; every
 * other one stays what it was. Costs a second pass over the silence alone.
 */
export function createAttentiveListener(model: VoiceActivityModel): VoiceListener {
  const first = model.createListener();
  const unjudged: Float32Array[] = [];
  let part = new Float32Array(FRAME_SAMPLES);
  let partSamples = 0;
  let silence: { readonly frame: Float32Array; readonly probability: number }[] = [];

  const keep = (samples: Float32Array): void => {
    for (let offset = 0; offset < samples.length;) {
      const count = Math.min(FRAME_SAMPLES - partSamples, samples.length - offset);
      part.set(samples.subarray(offset, offset + count), partSamples);
      partSamples += count;
      offset += count;
      if (partSamples < FRAME_SAMPLES) continue;
      unjudged.push(part);
      part = new Float32Array(FRAME_SAMPLES);
      partSamples = 0;
    }
  };

  const endSilence = async (onProbability: (probability: number) => void): Promise<void> => {
    const frames = silence;
    silence = [];
    const again = await listenAgain(
      model,
      frames.map(({ frame }) => frame),
    );
    for (const [index, { probability }] of frames.entries()) onProbability(Math.max(probability, again[index] ?? 0));
  };

  const judge = async (probability: number, onProbability: (probability: number) => void): Promise<void> => {
    const frame = unjudged.shift() ?? part;
    if (probability < SPEECH_SPAN_DEFAULTS.threshold) {
      silence.push({ frame, probability });
      if (silence.length === SILENCE_FRAMES_MAX) await endSilence(onProbability);
      return;
    }
    await endSilence(onProbability);
    onProbability(probability);
  };

  return {
    push: async (samples, onProbability) => {
      keep(samples);
      const probabilities: number[] = [];
      await first.push(samples, (probability) => probabilities.push(probability));
      for (const probability of probabilities) await judge(probability, onProbability);
    },
    finish: async (onProbability) => {
      const probabilities: number[] = [];
      await first.finish((probability) => probabilities.push(probability));
      for (const probability of probabilities) await judge(probability, onProbability);
      await endSilence(onProbability);
    },
  };
}

/** Probabilities of a fresh listener; empty when the silence is too short, digital, or has no speech in it. */
async function listenAgain(model: VoiceActivityModel, frames: readonly Float32Array[]): Promise<readonly number[]> {
  if (frames.length * FRAME_SECONDS < SILENCE_SECONDS_MIN) return [];
  if (frames.every((frame) => frame.every((sample) => sample === 0))) return [];
  const probabilities: number[] = [];
  const listener = model.createListener();
  for (const frame of frames) await listener.push(frame, (probability) => probabilities.push(probability));
  await listener.finish((probability) => probabilities.push(probability));
  const speechFrames = probabilities.filter((probability) => probability >= SPEECH_SPAN_DEFAULTS.threshold).length;
  return speechFrames * FRAME_SECONDS >= SPEECH_SECONDS_MIN ? probabilities : [];
}
