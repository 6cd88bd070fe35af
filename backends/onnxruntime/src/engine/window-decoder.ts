import type { TranscribeOptions } from '@voice-transcriber/backend-sdk';
import { judgeAttempt, rankAttempt, type AttemptVerdict } from '../decoding/attempt-quality.js';
import { readDecodingOptions, type DecodingOptions } from '../decoding/decoding-options.js';
import { detectLanguage, type DetectedLanguage } from '../decoding/language-detection.js';
import { createRandom, probabilityOf, sampleToken } from '../decoding/probabilities.js';
import { findRepetition, lengthWithoutRepetition } from '../decoding/repetition.js';
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
 * An attempt that repeats itself or guesses is made again at a higher temperature; the window's place in the batch, its encoded audio and its prompt stay.
 */
export class WindowDecoder {
  readonly #plan: DecoderPlan;
  readonly #decoding: DecodingOptions;
  readonly #prefix: number[];
  readonly #transcriptStart: number;
  #position = 0;
  #tokens: number[] = [];
  #probabilities: number[] = [];
  #logProbabilitySum = 0;
  #rows: Uint8Array[] = [];
  #attempt = 0;
  #random = createRandom(0);
  #noSpeechProbability = 0;
  #detected: DetectedLanguage | undefined;
  #verdict: AttemptVerdict | undefined;
  #best: { rank: number; tokens: number[]; probabilities: number[]; rows: Uint8Array[] } | undefined;

  constructor(plan: DecoderPlan) {
    this.#plan = plan;
    this.#decoding = readDecodingOptions(plan.options);
    const { special } = plan.vocabulary;
    const prompt = promptTokens(plan);
    this.#prefix = [...prompt, special.startOfTranscript];
    this.#transcriptStart = prompt.length;
  }

  /** Tokens to feed at once before the first step; empty without a prompt. */
  get prefill(): readonly number[] {
    return this.#transcriptStart > 0 ? this.#prefix : [];
  }

  get input(): SlotInput {
    const textPosition = this.#position - this.#prefix.length;
    return {
      token: (textPosition < 0 ? this.#prefix[this.#position] : this.#tokens[textPosition]) as number,
      position: this.#position,
      rule: this.#tokens.length === 0 ? RULE_FIRST_TOKEN : RULE_TEXT,
    };
  }

  get wantsLogits(): boolean {
    return this.#position === this.#transcriptStart || (this.#temperature > 0 && this.#predictsText);
  }

  /** Takes what the fed token gave. True when the window is done. */
  advance(output: SlotOutput): boolean {
    this.#recordAttention(output);
    if (this.#position === this.#transcriptStart) this.#startTranscript(output.logits as Float32Array);
    if (!this.#predictsText) {
      this.#position++;
      return false;
    }
    const { token, logProbability } = this.#choose(output);
    this.#logProbabilitySum += logProbability;
    const ended = token === this.#plan.vocabulary.special.endOfText;
    if (!ended) {
      this.#tokens.push(token);
      this.#probabilities.push(Math.exp(logProbability));
      this.#position++;
    }
    const looped = !ended && findRepetition(this.#tokens) !== undefined;
    if (!ended && !looped && this.#tokens.length < this.#decoding.tokensMax) return false;
    return this.#finishAttempt(looped);
  }

  /** The prompt was fed at once; `output` is that of its last token. */
  advancePrefilled(output: SlotOutput): void {
    this.#position = this.#transcriptStart;
    this.advance(output);
  }

  result(): DecodedText {
    const silent = this.#verdict === 'silence';
    const length = silent ? 0 : lengthWithoutRepetition(this.#tokens);
    const firstTextRow = this.#prefix.length - 1 - this.#transcriptStart;
    return {
      tokens: this.#tokens.slice(0, length),
      probabilities: this.#probabilities.slice(0, length),
      attention: {
        heads: (this.#rows[0]?.length ?? 0) / this.#plan.frames,
        frames: this.#plan.frames,
        rows: this.#rows.slice(0, firstTextRow + length + 1),
      },
      firstTextRow,
      language: this.#plan.options.language ?? this.#detected?.language ?? 'en',
      languageConfidence: this.#detected?.confidence,
    };
  }

  get #temperature(): number {
    return this.#decoding.temperatures[this.#attempt] as number;
  }

  /** Whether the token being fed is the last before the text, or text. */
  get #predictsText(): boolean {
    return this.#position >= this.#prefix.length - 1 && this.#position > this.#transcriptStart;
  }

  #recordAttention({ alignment, alignmentFrames }: SlotOutput): void {
    const { frames } = this.#plan;
    const heads = alignment.length / alignmentFrames;
    const row = new Uint8Array(heads * frames);
    for (let head = 0; head < heads; head++) {
      const start = head * alignmentFrames;
      row.set(alignment.subarray(start, start + frames), head * frames);
    }
    this.#rows.push(row);
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

  #choose(output: SlotOutput): { token: number; logProbability: number } {
    if (this.#temperature === 0) return output;
    const rule = this.#plan.tokenRules[this.input.rule] as Float32Array;
    return sampleToken(output.logits as Float32Array, rule, this.#temperature, this.#random);
  }

  /** True when the attempt stands; otherwise the text is begun again. */
  #finishAttempt(looped: boolean): boolean {
    const attempt = {
      text: this.#plan.vocabulary.tokenizer.decode(this.#tokens),
      meanLogProbability: this.#logProbabilitySum / (this.#tokens.length + 1),
      noSpeechProbability: this.#noSpeechProbability,
      looped,
    };
    this.#verdict = judgeAttempt(attempt);
    if (this.#verdict !== 'retry') return true;
    this.#keepBest(rankAttempt(attempt));
    if (this.#attempt === this.#decoding.temperatures.length - 1) {
      this.#restoreBest();
      return true;
    }
    this.#attempt++;
    this.#random = createRandom(this.#attempt);
    this.#tokens = [];
    this.#probabilities = [];
    this.#logProbabilitySum = 0;
    this.#position = this.#prefix.length - 1;
    this.#rows.length = this.#position - this.#transcriptStart;
    return false;
  }

  #keepBest(rank: number): void {
    if (this.#best !== undefined && this.#best.rank >= rank) return;
    this.#best = { rank, tokens: this.#tokens, probabilities: this.#probabilities, rows: this.#rows.slice() };
  }

  /** No attempt was good: the least bad one stands. */
  #restoreBest(): void {
    if (this.#best === undefined) return;
    this.#tokens = this.#best.tokens;
    this.#probabilities = this.#best.probabilities;
    this.#rows = this.#best.rows;
  }
}

/** `<|startofprev|>` and the end of the prompt, or nothing. */
function promptTokens({ vocabulary, options }: DecoderPlan): number[] {
  const prompt = options.prompt?.trim() ?? '';
  if (prompt === '') return [];
  return [vocabulary.special.startOfPrevious, ...vocabulary.tokenizer.encode(` ${prompt}`).slice(-PROMPT_TOKENS_MAX)];
}
