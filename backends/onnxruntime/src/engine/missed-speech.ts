import { SAMPLE_RATE_HZ, type AudioWindow, type TimeSpan } from '@voice-transcriber/backend-sdk';
import type { TimedWord } from '../timing/time-words.js';

/** A shorter stretch without words is a breath, a laugh, a drawn-out sound. */
const MISSED_SECONDS_MIN = 1.5;
/** A word sounds for no longer than this: where attention holds one for longer, it has skipped what follows. */
const WORD_SECONDS_MAX = 1.5;
/** Attention puts a word's borders up to this far beside its sound. */
const WORD_MARGIN_SECONDS = 0.3;
/** What is heard again begins and ends this far outside, for its first and last sounds. */
const PAD_SECONDS = 0.2;

/**
 * Stretches of a window in which a voice was detected and no word was heard: the model ended its text early, or went from one speaker on to the next but one.
 *
 * Ordered, in seconds from the start of the window, not overlapping. Empty where nobody listened for voices.
 */
export function findMissedSpeech(window: AudioWindow, words: readonly TimedWord[]): readonly TimeSpan[] {
  const durationSeconds = window.samples.length / SAMPLE_RATE_HZ;
  const heard = words.map(({ startSeconds, endSeconds }) => ({
    startSeconds: startSeconds - WORD_MARGIN_SECONDS,
    endSeconds: Math.min(endSeconds, startSeconds + WORD_SECONDS_MAX) + WORD_MARGIN_SECONDS,
  }));
  return (window.speech ?? [])
    .map(({ startSeconds, endSeconds }) => ({
      startSeconds: startSeconds - window.startSeconds,
      endSeconds: endSeconds - window.startSeconds,
    }))
    .flatMap((speech) => subtract(speech, heard))
    .filter(({ startSeconds, endSeconds }) => endSeconds - startSeconds >= MISSED_SECONDS_MIN)
    .map(({ startSeconds, endSeconds }) => ({
      startSeconds: Math.max(0, startSeconds - PAD_SECONDS),
      endSeconds: Math.min(durationSeconds, endSeconds + PAD_SECONDS),
    }));
}

/** What is left of a span without ordered others. */
function subtract(span: TimeSpan, others: readonly TimeSpan[]): readonly TimeSpan[] {
  const left: TimeSpan[] = [];
  let { startSeconds } = span;
  for (const other of others) {
    if (other.endSeconds <= startSeconds) continue;
    if (other.startSeconds >= span.endSeconds) break;
    if (other.startSeconds > startSeconds) left.push({ startSeconds, endSeconds: other.startSeconds });
    startSeconds = other.endSeconds;
  }
  if (startSeconds < span.endSeconds) left.push({ startSeconds, endSeconds: span.endSeconds });
  return left;
}
