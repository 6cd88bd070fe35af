import {
  SAMPLE_RATE_HZ,
  type AudioWindow,
  type TranscribeOptions,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';
import { buildSegments } from '../timing/build-segments.js';
import { findPauses } from '../timing/pauses.js';
import { splitWords } from '../timing/split-words.js';
import { timeWords, type TimedWord } from '../timing/time-words.js';
import { separatesWords } from '../vocabulary/languages.js';
import type { Tokenizer } from '../vocabulary/tokenizer.js';
import type { DecodedText } from './window-decoder.js';

/** What was heard in a window. */
export interface HeardWindow {
  /** Empty when nobody speaks. Times count from the start of the window. */
  readonly words: readonly TimedWord[];
  /** Undefined when nobody speaks. */
  readonly language?: string;
  /** Set when the language was detected. */
  readonly languageConfidence?: number;
  readonly inferenceSeconds: number;
}

/** Gives decoded tokens their words and times. */
export function createHeardWindow(
  window: AudioWindow,
  decoded: DecodedText,
  context: { readonly options: TranscribeOptions; readonly tokenizer: Tokenizer; readonly inferenceSeconds: number },
): HeardWindow {
  const { options, tokenizer, inferenceSeconds } = context;
  const spoken = options.task === 'translate' ? 'en' : decoded.language;
  const words = splitWords(decoded.tokens, tokenizer, separatesWords(spoken));
  if (words.length === 0) return { words: [], inferenceSeconds };
  const timed = timeWords({
    words,
    probabilities: decoded.probabilities,
    attention: decoded.attention,
    firstTextRow: decoded.firstTextRow,
    pauses: findPauses(window.samples),
    durationSeconds: window.samples.length / SAMPLE_RATE_HZ,
  });
  const { language, languageConfidence } = decoded;
  return {
    words: timed,
    language,
    ...(languageConfidence === undefined ? {} : { languageConfidence }),
    inferenceSeconds,
  };
}

/** Turns what was heard into timed segments of the recording. */
export function createWindowResult(
  window: AudioWindow,
  { words, ...facts }: HeardWindow,
  { wordTimes }: Pick<TranscribeOptions, 'wordTimes'>,
): WindowResult {
  return {
    index: window.index,
    ...facts,
    segments: buildSegments(words, { offsetSeconds: window.startSeconds, wordTimes }),
  };
}
