import type { TranscribeOptions } from '@voice-transcriber/backend-sdk';
import { judgeAttempt, rankAttempt, type AttemptVerdict } from '../decoding/attempt-quality.js';
import { countHypotheses, readDecodingOptions, type DecodingOptions } from '../decoding/decoding-options.js';
import { detectLanguage, type DetectedLanguage } from '../decoding/language-detection.js';
import { BeamSearch } from '../decoding/beam-search.js';
import { probabilityOf } from '../decoding/probabilities.js';
import { findRepetition, lengthWithoutRepetition } from '../decoding/repetition.js';
import { SampledSearch } from '../decoding/sampled-search.js';
import type { Hypothesis, TextSearch } from '../decoding/text-search.js';
import type { AttentionRecord } from '../timing/attention-matrix.js';
import type { ModelVocabulary } from '../vocabulary/model-vocabulary.js';
import { RULE_FIRST_TOKEN, RULE_TEXT } from '../vocabulary/token-rules.js';
import type { SlotInput, SlotOutput } from './decoder-session.js';

/** Whisper gives half its text context to what came before. */
const PROMPT_TOKENS_MAX = 223;

export interface DecoderPlan {
  readonly vocabulary: ModelVocabulary;
  readonly tokenRules: readonly Float32Array[];
  readonly options: TranscribeOptions;
  /** Frames of 20 ms that hold audio. */
  readonly frames: number;
}

/** The text of a window, or silence. */
export interface DecodedText {
  /** Without the end of text. Empty for silence. */
  readonly tokens: readonly number[];
  /** Of each token, 0..1. */
  readonly probabilities: readonly number[];
  /** One row more than there are tokens before the text; see `firstTextRow`. */
  readonly attention: AttentionRecord;
  /** The row of `attention` in which the first text token was predicted. */
  readonly firstTextRow: number;
  readonly language: string;
  /** Set when the language was detected. */
  readonly languageConfidence: number | undefined;
}

/**
 * Decodes one window, a token per step: prompt, start of transcript (which tells language and silence), task, text.
 *
 * Up to the text one sequence is fed, then one for each text that the search follows. An attempt that repeats itself or guesses is made again at a higher
 * temperature; the window's place in the batch, its encoded audio and its prompt stay.
 */
export class WindowDecoder {
  /** Slots that the window takes at most. */
  readonly slotsMax: number;
  readonly #plan: DecoderPlan;
  readonly #decoding: DecodingOptions;
  readonly #prefix: number[];
  readonly #transcriptStart: number;
  /** Of the prefix; it stays at its last token while there is text. */
  #position = 0;
  readonly #prefixRows: Uint8Array[] = [];
  #attempt = 0;
  #search: TextSearch;
  #noSpeechProbability = 0;
  #detected: DetectedLanguage | undefined;
  #verdict: AttemptVerdict | undefined;
  #best: { readonly rank: number; readonly text: Hypothesis } | undefined;

  constructor(plan: DecoderPlan) {
    this.#plan = plan;
    this.#decoding = readDecodingOptions(plan.options);
    this.slotsMax = countHypotheses(this.#decoding);
    const { special } = plan.vocabulary;
    const prompt = promptTokens(plan);
    this.#prefix = [...prompt, special.startOfTranscript];
    this.#transcriptStart = prompt.length;
    this.#search = this.#createSearch();
  }

  /** Tokens to feed at once before the first step; empty without a prompt. */
  get prefill(): readonly number[] {
    return this.#transcriptStart > 0 ? this.#prefix : [];
  }

  /** One for each slot of the window. */
  get inputs(): readonly SlotInput[] {
    return this.#search.active.map(({ tokens }) => ({
      token: (tokens.at(-1) ?? this.#prefix[this.#position]) as number,
      position: this.#position + tokens.length,
      rule: tokens.length === 0 ? RULE_FIRST_TOKEN : RULE_TEXT,
    }));
  }

  get wantsLogits(): boolean {
    return this.#position === this.#transcriptStart || (this.#predictsText && this.#search.wantsLogits);
  }

  /**
   * Takes what the fed tokens gave. Gives for each slot that is needed next which of the present ones it continues, as `TextSearch.advance` does; none when
   * the window is done.
   */
  advance(outputs: readonly SlotOutput[]): readonly number[] {
    if (this.#predictsText) {
      const predictions = outputs.map((output) => ({ ...output, attention: this.#readAttention(output) }));
      const sources = this.#search.advance(predictions);
      return sources.length > 0 ? sources : this.#finishAttempt();
    }
    const output = outputs[0] as SlotOutput;
    this.#prefixRows.push(this.#readAttention(output));
    if (this.#position === this.#transcriptStart) this.#startTranscript(output.logits as Float32Array);
    this.#position++;
    return [0];
  }

  /** The prompt was fed at once; `output` is that of its last token. */
  advancePrefilled(output: SlotOutput): void {
    this.#position = this.#transcriptStart;
    this.advance([output]);
  }

  result(): DecodedText {
    const text = this.#best?.text;
    const length = text === undefined || this.#verdict === 'silence' ? 0 : lengthWithoutRepetition(text.tokens);
    const rows = [...this.#prefixRows, ...(text?.attention ?? [])];
    const firstTextRow = this.#prefixRows.length;
    return {
      tokens: text?.tokens.slice(0, length) ?? [],
      probabilities: text?.probabilities.slice(0, length) ?? [],
      attention: {
        heads: (rows[0]?.length ?? 0) / this.#plan.frames,
        frames: this.#plan.frames,
        rows: rows.slice(0, firstTextRow + length + 1),
      },
      firstTextRow,
      language: this.#plan.options.language ?? this.#detected?.language ?? 'en',
      languageConfidence: this.#detected?.confidence,
    };
  }

  /** Whether the token being fed is the last before the text, or text. */
  get #predictsText(): boolean {
    return this.#position > this.#transcriptStart && this.#position === this.#prefix.length - 1;
  }

  #createSearch(): TextSearch {
    const { vocabulary, tokenRules } = this.#plan;
    const { beamSize, bestOf, lengthPenalty, temperatures, tokensMax } = this.#decoding;
    const limits = {
      endOfText: vocabulary.special.endOfText,
      tokensMax,
      firstTokenRule: tokenRules[RULE_FIRST_TOKEN] as Float32Array,
      textRule: tokenRules[RULE_TEXT] as Float32Array,
    };
    const temperature = temperatures[this.#attempt] as number;
    if (temperature === 0 && beamSize > 1) return new BeamSearch(limits, { size: beamSize, lengthPenalty });
    const count = temperature === 0 ? 1 : bestOf;
    return new SampledSearch(limits, { temperature, count, seed: this.#attempt });
  }

  #readAttention({ alignment, alignmentFrames }: SlotOutput): Uint8Array {
    const { frames } = this.#plan;
    const heads = alignment.length / alignmentFrames;
    const row = new Uint8Array(heads * frames);
    for (let head = 0; head < heads; head++) {
      const start = head * alignmentFrames;
      row.set(alignment.subarray(start, start + frames), head * frames);
    }
    return row;
  }

  /** Completes the prefix once the language is known. */
  #startTranscript(logits: Float32Array): void {
    const { vocabulary, options } = this.#plan;
    const { special } = vocabulary;
    this.#noSpeechProbability = probabilityOf(logits, special.noSpeech);
    if (vocabulary.multilingual) {
      if (options.language === undefined) this.#detected = detectLanguage(logits, special);
      const language = special.languages.get(options.language ?? this.#detected?.language ?? 'en');
      this.#prefix.push(language as number, options.task === 'translate' ? special.translate : special.transcribe);
    }
    this.#prefix.push(special.noTimestamps);
  }

  /** Nothing when the attempt stands, or the slot in which the text is begun again. */
  #finishAttempt(): readonly number[] {
    const text = this.#search.best();
    const attempt = {
      text: this.#plan.vocabulary.tokenizer.decode(text.tokens),
      meanLogProbability: text.logProbabilitySum / (text.tokens.length + 1),
      noSpeechProbability: this.#noSpeechProbability,
      looped: findRepetition(text.tokens) !== undefined,
    };
    this.#verdict = judgeAttempt(attempt);
    const rank = this.#verdict === 'retry' ? rankAttempt(attempt) : Infinity;
    // When no attempt is good, the least bad one stands.
    if (this.#best === undefined || rank > this.#best.rank) this.#best = { rank, text };
    if (this.#verdict !== 'retry' || this.#attempt === this.#decoding.temperatures.length - 1) return [];
    this.#attempt++;
    this.#search = this.#createSearch();
    return [0];
  }
}

/** `<|startofprev|>` and the end of the prompt, or nothing. */
function promptTokens({ vocabulary, options }: DecoderPlan): number[] {
  const prompt = options.prompt?.trim() ?? '';
  if (prompt === '') return [];
  return [vocabulary.special.startOfPrevious, ...vocabulary.tokenizer.encode(` ${prompt}`).slice(-PROMPT_TOKENS_MAX)];
}
