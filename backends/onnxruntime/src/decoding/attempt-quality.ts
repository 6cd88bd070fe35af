import { deflateSync } from 'node:zlib';

/** Whisper's defaults (openai/whisper, transcribe.py). */
const COMPRESSION_RATIO_MAX = 2.4;
const MEAN_LOG_PROBABILITY_MIN = -1;
const NO_SPEECH_PROBABILITY_MAX = 0.6;

/** More than any mean log-probability. */
const REPETITION_PENALTY = 100;

/** What one attempt at a window came to. */
export interface Attempt {
  readonly text: string;
  /** Mean over the text tokens and the end of text. */
  readonly meanLogProbability: number;
  readonly noSpeechProbability: number;
  /** Whether decoding was stopped because it went round in circles. */
  readonly looped: boolean;
}

export type AttemptVerdict = 'good' | 'retry' | 'silence';

/**
 * Judges an attempt as Whisper does: text that compresses too well repeats itself, a low mean log-probability is guesswork. Where the model also heard no
 * speech, the guess is dropped instead of repeated.
 */
export function judgeAttempt(attempt: Attempt): AttemptVerdict {
  const unsure = attempt.meanLogProbability < MEAN_LOG_PROBABILITY_MIN;
  if (unsure && attempt.noSpeechProbability > NO_SPEECH_PROBABILITY_MAX) return 'silence';
  if (unsure || attempt.looped || compressionRatio(attempt.text) > COMPRESSION_RATIO_MAX) return 'retry';
  return 'good';
}

/** Orders attempts of which none is good: one that repeats itself is worse than any guess. */
export function rankAttempt(attempt: Attempt): number {
  const repeats = attempt.looped || compressionRatio(attempt.text) > COMPRESSION_RATIO_MAX;
  return repeats ? attempt.meanLogProbability - REPETITION_PENALTY : attempt.meanLogProbability;
}

/** Bytes of the text divided by its bytes when compressed. */
export function compressionRatio(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length === 0 ? 0 : bytes.length / deflateSync(bytes).length;
}
