import { SAMPLE_RATE_HZ, type AudioWindow, type BackendWarning, type Segment } from '../index.js';
import { breakLoops, dropNonSpeech } from './clean-words.js';
import { segmentsOf } from './segments.js';
import { findSpeech } from './speech-activity.js';
import { placeInRecording, timeWords, type UntimedWord } from './time-words.js';

export interface ComposedSegments {
  readonly segments: readonly Segment[];
  readonly warnings: readonly BackendWarning[];
}

/**
 * Makes a window's segments from the words that were heard in it: what is no speech and what a decoding loop repeated goes, times come from where the
 * window sounds. No words, or nothing but remarks about sounds, give no segments.
 */
export function composeSegments(
  heard: readonly UntimedWord[],
  window: AudioWindow,
  { wordTimes }: { readonly wordTimes: boolean },
): ComposedSegments {
  const { words: spoken, repeatsRemoved } = breakLoops(dropNonSpeech(heard));
  const warnings =
    repeatsRemoved > 0
      ? [
          {
            code: 'repetition-removed',
            message: `A phrase that followed itself ${repeatsRemoved + 1} times was kept once.`,
          },
        ]
      : [];
  if (spoken.length === 0) return { segments: [], warnings };
  const bounds = {
    startSeconds: window.startSeconds,
    endSeconds: window.startSeconds + window.samples.length / SAMPLE_RATE_HZ,
  };
  const segments = segmentsOf(placeInRecording(timeWords(spoken, findSpeech(window.samples)), bounds));
  return { segments: wordTimes ? segments : segments.map((segment) => ({ ...segment, words: [] })), warnings };
}
