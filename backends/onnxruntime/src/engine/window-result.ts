import {
  SAMPLE_RATE_HZ,
  type AudioWindow,
  type TranscribeOptions,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';
import { buildSegments } from '../timing/build-segments.js';
import { findPauses } from '../timing/pauses.js';
import { splitWords } from '../timing/split-words.js';
import { timeWords } from '../timing/time-words.js';
import { separatesWords } from '../vocabulary/languages.js';
import type { Tokenizer } from '../vocabulary/tokenizer.js';
import type { DecodedText } from './window-decoder.js';

/** The result of a window in which nobody speaks. */
export function silentResult(window: AudioWindow, inferenceSeconds: number): WindowResult {
  return { index: window.index, segments: [], inferenceSeconds };
}

/** Turns decoded tokens into timed segments of the recording. */
export function createWindowResult(
  window: AudioWindow,
  decoded: DecodedText,
  context: { readonly options: TranscribeOptions; readonly tokenizer: Tokenizer; readonly inferenceSeconds: number },
): WindowResult {
  const { options, tokenizer, inferenceSeconds } = context;
  const spoken = options.task === 'translate' ? 'en' : decoded.language;
  const words = splitWords(decoded.tokens, tokenizer, separatesWords(spoken));
  if (words.length === 0) return silentResult(window, inferenceSeconds);
  const timed = timeWords({
    words,
    probabilities: decoded.probabilities,
    attention: decoded.attention,
    firstTextRow: decoded.firstTextRow,
    pauses: findPauses(window.samples),
    durationSeconds: window.samples.length / SAMPLE_RATE_HZ,
  });
  return {
    index: window.index,
    language: decoded.language,
    ...(decoded.languageConfidence === undefined ? {} : { languageConfidence: decoded.languageConfidence }),
    segments: buildSegments(timed, { offsetSeconds: window.startSeconds, wordTimes: options.wordTimes }),
    inferenceSeconds,
  };
}
