import {
  SAMPLE_RATE_HZ,
  type AudioWindow,
  type TimeSpan,
  type TranscribeOptions,
} from '@voice-transcriber/backend-sdk';
import type { TimedWord } from '../timing/time-words.js';
import { findMissedSpeech } from './missed-speech.js';
import type { HeardWindow } from './window-result.js';

/** What was missed twice is noise that only sounds like a voice. */
const ROUNDS_MAX = 2;
/** A text that the model itself believes less of is a guess: what is heard again gets words only where it is sure. */
const CONFIDENCE_MIN = 0.4;

type Hear = (window: AudioWindow, options: TranscribeOptions) => Promise<HeardWindow>;

/**
 * Hears a window, and once more on its own what of its speech got no words.
 *
 * Text without time tokens follows a window only as long as the model likes: where another speaker or another room begins it may end, or skip a sentence. Word
 * times tell where, for they come from what the model listened to.
 */
export async function hearWindow(
  window: AudioWindow,
  options: TranscribeOptions,
  hear: Hear,
  rounds = ROUNDS_MAX,
): Promise<HeardWindow> {
  const heard = await hear(window, options);
  if (rounds === 0) return heard;
  const again = { ...options, ...(heard.language === undefined ? {} : { language: heard.language }) };
  const parts = await Promise.all(
    findMissedSpeech(window, heard.words).map(async (span) => {
      const part = await hearWindow(cutWindow(window, span), again, hear, rounds - 1);
      return { ...part, words: isBelieved(part.words) ? shift(part.words, span.startSeconds) : [] };
    }),
  );
  return parts.reduce(join, heard);
}

/** A part of a window, whose seconds count from its start. */
function cutWindow(window: AudioWindow, span: TimeSpan): AudioWindow {
  const first = Math.round(span.startSeconds * SAMPLE_RATE_HZ);
  const samples = window.samples.subarray(first, Math.round(span.endSeconds * SAMPLE_RATE_HZ));
  const startSeconds = window.startSeconds + first / SAMPLE_RATE_HZ;
  const endSeconds = startSeconds + samples.length / SAMPLE_RATE_HZ;
  const speech = (window.speech ?? [])
    .map((voice) => ({
      startSeconds: Math.max(voice.startSeconds, startSeconds),
      endSeconds: Math.min(voice.endSeconds, endSeconds),
    }))
    .filter((voice) => voice.startSeconds < voice.endSeconds);
  return { index: window.index, startSeconds, samples, speech };
}

function isBelieved(words: readonly TimedWord[]): boolean {
  return words.reduce((sum, { confidence }) => sum + confidence, 0) >= CONFIDENCE_MIN * words.length;
}

function shift(words: readonly TimedWord[], seconds: number): readonly TimedWord[] {
  return words.map((word) => ({
    ...word,
    startSeconds: word.startSeconds + seconds,
    endSeconds: word.endSeconds + seconds,
  }));
}

/** Puts the words of a part between those of the whole. One that was held over the part ends where the part begins. */
function join(whole: HeardWindow, part: HeardWindow): HeardWindow {
  const inferenceSeconds = whole.inferenceSeconds + part.inferenceSeconds;
  const first = part.words[0];
  if (first === undefined) return { ...whole, inferenceSeconds };
  const before = whole.words.filter(({ startSeconds }) => startSeconds < first.startSeconds);
  const held = before.at(-1);
  const cut = held === undefined ? [] : [{ ...held, endSeconds: Math.min(held.endSeconds, first.startSeconds) }];
  const words = [...before.slice(0, -1), ...cut, ...part.words, ...whole.words.slice(before.length)];
  const { language } = part;
  return { ...(language === undefined ? {} : { language }), ...whole, words, inferenceSeconds };
}
