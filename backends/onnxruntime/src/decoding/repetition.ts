/** The longest phrase, in tokens, whose repetition is looked for. */
const PERIOD_MAX = 40;
/** A loop says its phrase at least this often … */
const REPEATS_MIN = 4;
/** … and is at least this many tokens long, so that "no, no, no, no" is not one. */
const LOOP_TOKENS_MIN = 20;

export interface Repetition {
  /** Tokens of the phrase. */
  readonly period: number;
  /** How often it stands at the end. */
  readonly repeats: number;
}

/** Finds a phrase that the end of `tokens` says over and over: greedy decoding does not leave such a loop by itself. */
export function findRepetition(tokens: readonly number[]): Repetition | undefined {
  for (let period = 1; period <= Math.min(PERIOD_MAX, Math.floor(tokens.length / REPEATS_MIN)); period++) {
    let matching = 0;
    for (let index = tokens.length - 1; index >= period && tokens[index] === tokens[index - period]; index--)
      matching++;
    const repeats = Math.floor(matching / period) + 1;
    if (repeats >= REPEATS_MIN && repeats * period >= LOOP_TOKENS_MIN) return { period, repeats };
  }
  return undefined;
}

/** Keeps the first saying of a phrase that the end repeats. Gives how many tokens stay. */
export function lengthWithoutRepetition(tokens: readonly number[]): number {
  const repetition = findRepetition(tokens);
  return repetition === undefined ? tokens.length : tokens.length - repetition.period * (repetition.repeats - 1);
}
