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

export interface BeamOptions {
  /** Texts that are followed at once, and ended texts that end the search. */
  readonly size: number;
  /**
   * How a sum of log-probabilities is made comparable between lengths: undefined divides it by the number of tokens, 0..1 is the exponent of
   * Google's penalty (Wu et al. 2016, equation 14).
   */
  readonly lengthPenalty: number | undefined;
}

interface Candidate {
  readonly source: number;
  readonly token: number;
  readonly logProbability: number;
  readonly score: number;
}

/**
 * Follows the most probable texts side by side (openai/whisper, decoding.py, `BeamSearchDecoder` with a patience of 1).
 *
 * Of the continuations of all texts the best are kept; those that end are put aside until there are as many as texts that are followed.
 */
export class BeamSearch implements TextSearch {
  readonly wantsLogits = true;
  readonly #limits: SearchLimits;
  readonly #options: BeamOptions;
  readonly #finished: Hypothesis[] = [];
  #active: readonly Hypothesis[] = [EMPTY_TEXT];

  constructor(limits: SearchLimits, options: BeamOptions) {
    this.#limits = limits;
    this.#options = options;
  }

  get active(): readonly Hypothesis[] {
    return this.#active;
  }

  advance(predictions: readonly Prediction[]): readonly number[] {
    const { endOfText, tokensMax } = this.#limits;
    const { size } = this.#options;
    const going: Continuation[] = [];
    for (const candidate of this.#findCandidates(predictions)) {
      const { source, token } = candidate;
      const { attention } = predictions[source] as Prediction;
      const text = this.#active[source] as Hypothesis;
      const hypothesis = continueText(text, candidate, { attention, endOfText });
      if (token !== endOfText) going.push({ hypothesis, source });
      else if (this.#finished.length < size) this.#finished.push(hypothesis);
      if (going.length === size) break;
    }
    const placed = placeContinuations(going);
    this.#active = placed.map(({ hypothesis }) => hypothesis);
    const isCut = (this.#active[0]?.tokens.length ?? 0) >= tokensMax;
    if (this.#finished.length < size && !isCut) return placed.map(({ source }) => source);
    if (isCut) {
      const likeliest = [...this.#active].sort((left, right) => right.logProbabilitySum - left.logProbabilitySum);
      this.#finished.push(...likeliest.slice(0, size - this.#finished.length));
    }
    this.#active = [];
    return [];
  }

  best(): Hypothesis {
    return this.#finished.reduce((best, text) => (this.#rank(text) > this.#rank(best) ? text : best));
  }

  #findCandidates(predictions: readonly Prediction[]): readonly Candidate[] {
    const candidates = this.#active.flatMap((text, source) => {
      const { token, logProbability, logits } = predictions[source] as Prediction;
      const rule = ruleFor(text, this.#limits);
      const valueOf = (index: number): number => (logits as Float32Array)[index] as number;
      // The most probable token's log-probability tells the sum of all exponentials.
      const normalizer = valueOf(token) - logProbability;
      return findLargest(logits as Float32Array, rule, this.#options.size + 1).map((index): Candidate => {
        const own = valueOf(index) + (rule[index] as number) - normalizer;
        return { source, token: index, logProbability: own, score: text.logProbabilitySum + own };
      });
    });
    return candidates.sort((left, right) => right.score - left.score);
  }

  #rank({ logProbabilitySum, tokens }: Hypothesis): number {
    const { lengthPenalty } = this.#options;
    const length = Math.max(1, tokens.length);
    return logProbabilitySum / (lengthPenalty === undefined ? length : ((5 + length) / 6) ** lengthPenalty);
  }
}

/** Indices of the largest sums of two vectors, the largest first. */
function findLargest(values: Float32Array, rule: Float32Array, count: number): readonly number[] {
  const found: { index: number; value: number }[] = [];
  let smallest = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = (values[index] as number) + (rule[index] as number);
    if (value <= smallest) continue;
    const place = found.findIndex((other) => value > other.value);
    found.splice(place < 0 ? found.length : place, 0, { index, value });
    if (found.length > count) found.length = count;
    if (found.length === count) smallest = (found[count - 1] as { value: number }).value;
  }
  return found.map(({ index }) => index);
}
