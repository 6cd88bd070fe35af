/** What the model makes of one text: its most probable next token, and whatever else is needed to choose another. */
export interface Prediction {
  readonly token: number;
  readonly logProbability: number;
  /** Of all tokens, before rules; there when `wantsLogits`. */
  readonly logits: Float32Array | undefined;
  /** Where the model listened. */
  readonly attention: Uint8Array;
}

/** A text so far, without its end. */
export interface Hypothesis {
  readonly tokens: readonly number[];
  /** Of each token, 0..1. */
  readonly probabilities: readonly number[];
  /** Over the tokens and, once it has ended, the end of text. */
  readonly logProbabilitySum: number;
  /** Attention of every prediction: of each token, then of the end. */
  readonly attention: readonly Uint8Array[];
}

/** A way to look for the text of a window: which texts to follow, and when to stop. */
export interface TextSearch {
  /** Texts that are being followed; at first the empty one. */
  readonly active: readonly Hypothesis[];
  readonly wantsLogits: boolean;
  /**
   * Takes what was predicted for each active text. Gives, for each that is active now, which one it continues; none when the search is over.
   *
   * A text that is continued at all is continued in its own place too where there is one, so places can be copied one after the other.
   */
  advance(predictions: readonly Prediction[]): readonly number[];
  /** The text that was found. Only when the search is over. */
  best(): Hypothesis;
}

export interface SearchLimits {
  readonly endOfText: number;
  readonly tokensMax: number;
  /** Added to the logits of the first token, and of any later one. */
  readonly firstTokenRule: Float32Array;
  readonly textRule: Float32Array;
}

export const EMPTY_TEXT: Hypothesis = { tokens: [], probabilities: [], logProbabilitySum: 0, attention: [] };

export interface Continuation {
  readonly hypothesis: Hypothesis;
  /** Place of the text that it continues. */
  readonly source: number;
}

/** A text with one more token, or with its end counted in. */
export function continueText(
  text: Hypothesis,
  { token, logProbability }: { readonly token: number; readonly logProbability: number },
  { attention, endOfText }: { readonly attention: Uint8Array; readonly endOfText: number },
): Hypothesis {
  const logProbabilitySum = text.logProbabilitySum + logProbability;
  const rows = [...text.attention, attention];
  if (token === endOfText) return { ...text, logProbabilitySum, attention: rows };
  return {
    tokens: [...text.tokens, token],
    probabilities: [...text.probabilities, Math.exp(logProbability)],
    logProbabilitySum,
    attention: rows,
  };
}

/** Gives each continuation a place: its source's where possible, otherwise one whose text is not continued. */
export function placeContinuations(continuations: readonly Continuation[]): readonly Continuation[] {
  const places: (Continuation | undefined)[] = continuations.map(() => undefined);
  const rest = continuations.filter((continuation) => {
    const { source } = continuation;
    if (source >= places.length || places[source] !== undefined) return true;
    places[source] = continuation;
    return false;
  });
  return places.map((placed) => placed ?? (rest.shift() as Continuation));
}

/** The logits' rule for the next token of a text. */
export function ruleFor({ tokens }: Hypothesis, { firstTokenRule, textRule }: SearchLimits): Float32Array {
  return tokens.length === 0 ? firstTokenRule : textRule;
}
