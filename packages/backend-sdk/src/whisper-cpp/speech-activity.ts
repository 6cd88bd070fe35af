import { SAMPLE_RATE_HZ } from '../index.js';

/** A stretch of sound, in seconds from the window's start. */
export interface Span {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

const FRAME_SECONDS = 0.01;
const SMOOTHING_FRAMES = 3;
/** Speech begins this far up from the window's quietest tenth to its loudest twentieth, in decibels. */
const THRESHOLD_FRACTION = 0.4;
/** A gap shorter than this is the closure of a consonant, not a pause. */
const PAUSE_SECONDS_MIN = 0.15;
const SOUND_SECONDS_MIN = 0.08;
/** A short sound at the edge, apart from the rest, is a breath or a click. */
const EDGE_SOUND_SECONDS_MIN = 0.25;
const EDGE_PAUSE_SECONDS_MIN = 0.3;
const POWER_MIN = 1e-10;

/** Where a window of speech sounds and where it pauses, judged by loudness alone. Always at least one span. */
export function findSpeech(samples: Float32Array): Span[] {
  const whole = { startSeconds: 0, endSeconds: samples.length / SAMPLE_RATE_HZ };
  const decibels = smooth(frameDecibels(samples));
  const sorted = [...decibels].sort((one, other) => one - other);
  const floor = sorted[Math.floor(sorted.length * 0.1)] ?? 0;
  const ceiling = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  const threshold = floor + THRESHOLD_FRACTION * (ceiling - floor);
  const spans: Span[] = [];
  for (const [frame, level] of decibels.entries()) {
    if (level < threshold) continue;
    const startSeconds = frame * FRAME_SECONDS;
    const endSeconds = Math.min(startSeconds + FRAME_SECONDS, whole.endSeconds);
    const last = spans.at(-1);
    const continues = last !== undefined && startSeconds - last.endSeconds < PAUSE_SECONDS_MIN;
    if (continues) spans.splice(-1, 1, { startSeconds: last.startSeconds, endSeconds });
    else spans.push({ startSeconds, endSeconds });
  }
  const sounds = spans.filter((span) => span.endSeconds - span.startSeconds >= SOUND_SECONDS_MIN);
  const speech = dropEdgeNoise(sounds);
  return speech.length > 0 ? speech : [whole];
}

function dropEdgeNoise(sounds: readonly Span[]): Span[] {
  const speech = [...sounds];
  while (isApart(speech[0], speech[1], speech[0])) speech.shift();
  while (isApart(speech.at(-2), speech.at(-1), speech.at(-1))) speech.pop();
  return speech;
}

function isApart(before: Span | undefined, after: Span | undefined, sound: Span | undefined): boolean {
  if (before === undefined || after === undefined || sound === undefined) return false;
  const isShort = sound.endSeconds - sound.startSeconds < EDGE_SOUND_SECONDS_MIN;
  return isShort && after.startSeconds - before.endSeconds > EDGE_PAUSE_SECONDS_MIN;
}

function frameDecibels(samples: Float32Array): number[] {
  const frameSamples = FRAME_SECONDS * SAMPLE_RATE_HZ;
  return Array.from({ length: Math.ceil(samples.length / frameSamples) }, (_, frame) => {
    const part = samples.subarray(frame * frameSamples, (frame + 1) * frameSamples);
    const power = part.reduce((total, sample) => total + sample * sample, 0) / Math.max(1, part.length);
    return 10 * Math.log10(power + POWER_MIN);
  });
}

function smooth(levels: readonly number[]): number[] {
  return levels.map((_, at) => {
    const near = levels.slice(Math.max(0, at - SMOOTHING_FRAMES), at + SMOOTHING_FRAMES + 1);
    return near.reduce((total, level) => total + level, 0) / near.length;
  });
}
