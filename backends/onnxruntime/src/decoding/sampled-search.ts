import { createRandom, sampleToken } from './probabilities.js';
import { findRepetition } from './repetition.js';
import {
  continueText,
  EMPTY_TEXT,
  placeContinuations,
  ruleFor,
  type Continuation,
  type Hypothesis,
  type Prediction,
  type SearchLimits,
  type TextSearch,
} from './text-search.js';

export interface SamplingOptions {
  /** 0 always takes the most probable token. */
  readonly temperature: number;
  /** Texts that are drawn independently; the most probable one is kept. */
  readonly count: number;
  readonly seed: number;
}

/** Follows texts that do not know of each other, to their ends or until they go round in circles. */
export class SampledSearch implements TextSearch {
  readonly #limits: SearchLimits;
  readonly #options: SamplingOptions;
  readonly #random: () => number;
  readonly #finished: Hypothesis[] = [];
  #active: readonly Hypothesis[] = [EMPTY_TEXT];

  constructor(limits: SearchLimits, options: SamplingOptions) {
    this.#limits = limits;
    this.#options = options;
    this.#random = createRandom(options.seed);
  }

  get active(): readonly Hypothesis[] {
    return this.#active;
  }

  get wantsLogits(): boolean {
    return this.#options.temperature > 0;
  }

  advance(predictions: readonly Prediction[]): readonly number[] {
    const { endOfText, tokensMax } = this.#limits;
    const isFirst = this.#active[0]?.tokens.length === 0;
    const sources = isFirst
      ? Array.from({ length: this.#options.count }, () => 0)
      : this.#active.map((_, index) => index);
    const going: Continuation[] = [];
    for (const source of sources) {
      const text = this.#active[source] as Hypothesis;
      const prediction = predictions[source] as Prediction;
      const choice = this.#choose(text, prediction);
      const hypothesis = continueText(text, choice, { attention: prediction.attention, endOfText });
      const { tokens } = hypothesis;
      const ended = choice.token === endOfText || tokens.length >= tokensMax || findRepetition(tokens) !== undefined;
      if (ended) this.#finished.push(hypothesis);
      else going.push({ hypothesis, source });
    }
    const placed = placeContinuations(going);
    this.#active = placed.map(({ hypothesis }) => hypothesis);
    return placed.map(({ source }) => source);
  }

  best(): Hypothesis {
    const mean = ({ logProbabilitySum, tokens }: Hypothesis): number => logProbabilitySum / (tokens.length + 1);
    return this.#finished.reduce((best, text) => (mean(text) > mean(best) ? text : best));
  }

  #choose(text: Hypothesis, prediction: Prediction): { token: number; logProbability: number } {
    const { temperature } = this.#options;
    if (temperature === 0) return prediction;
    return sampleToken(prediction.logits as Float32Array, ruleFor(text, this.#limits), temperature, this.#random);
  }
}
