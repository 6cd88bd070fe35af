import { isMultilingual, type HyperParameters } from '../checkpoint/hyper-parameters.js';
import { WHISPER_LANGUAGES } from './languages.js';

/** Ids of the tokens that are not text. */
export interface SpecialTokens {
  readonly endOfText: number;
  readonly startOfTranscript: number;
  /** Token of each language that the model knows; empty for English-only models, which take none. */
  readonly languages: ReadonlyMap<string, number>;
  readonly translate: number;
  readonly transcribe: number;
  readonly startOfPrevious: number;
  readonly noSpeech: number;
  readonly noTimestamps: number;
  /** `<|0.00|>`; every id from here on is a time. */
  readonly timestampBegin: number;
}

/** Times from 0.00 to 30.00 s in steps of 20 ms. */
const TIMESTAMP_TOKENS = 1501;
/** translate, transcribe, startoflm, startofprev, nospeech, notimestamps. */
const TASK_TOKENS = 6;

/**
 * Derives the ids from the size of the vocabulary: text, end of text, start of transcript, languages, the six tasks, times (openai/whisper, tokenizer.py,
 * `get_encoding`). English-only models have the language tokens too but were trained without.
 */
export function deriveSpecialTokens(shape: HyperParameters): SpecialTokens {
  const multilingual = isMultilingual(shape);
  const endOfText = multilingual ? 50_257 : 50_256;
  const startOfTranscript = endOfText + 1;
  const timestampBegin = shape.vocabularySize - TIMESTAMP_TOKENS;
  const translate = timestampBegin - TASK_TOKENS;
  const languageCount = translate - startOfTranscript - 1;
  const languages = multilingual
    ? WHISPER_LANGUAGES.slice(0, languageCount).map((code, index): [string, number] => [
        code,
        startOfTranscript + 1 + index,
      ])
    : [];
  return {
    endOfText,
    startOfTranscript,
    languages: new Map(languages),
    translate,
    transcribe: translate + 1,
    startOfPrevious: translate + 3,
    noSpeech: translate + 4,
    noTimestamps: translate + 5,
    timestampBegin,
  };
}
