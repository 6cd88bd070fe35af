/** log(sum(exp(values))), without overflow. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let index = 0; index < values.length; index++) largest = Math.max(largest, values[index] as number);
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += Math.exp((values[index] as number) - largest);
  return largest + Math.log(sum);
}

/** The probability of one token under unmasked logits. */
export function probabilityOf(logits: ArrayLike<number>, token: number): number {
  return Math.exp((logits[token] as number) - logSumExp(logits));
}

/** Tokens this many natural logarithms below the likeliest have, all together, less than a millionth of its probability. */
const NEGLIGIBLE_BELOW = 25;

/**
 * Draws a token from `softmax((logits + rule) / temperature)`. Its log-probability is that at temperature 1, as Whisper counts it.
 *
 * Plain loops over the 52 thousand logits, and exponentials only of what can be drawn: this runs for each token of a window that is heard again.
 */
export function sampleToken(
  logits: Float32Array,
  rule: Float32Array,
  temperature: number,
  random: () => number,
): { token: number; logProbability: number } {
  const allowed = new Float32Array(logits.length);
  let largest = -Infinity;
  for (let index = 0; index < logits.length; index++) {
    const value = (logits[index] as number) + (rule[index] as number);
    allowed[index] = value;
    if (value > largest) largest = value;
  }
  const candidates: number[] = [];
  const weights: number[] = [];
  let total = 0;
  let totalAtOne = 0;
  for (let index = 0; index < allowed.length; index++) {
    const below = largest - (allowed[index] as number);
    if (below > NEGLIGIBLE_BELOW) continue;
    totalAtOne += Math.exp(-below);
    if (below > NEGLIGIBLE_BELOW * temperature) continue;
    const weight = Math.exp(-below / temperature);
    candidates.push(index);
    weights.push(weight);
    total += weight;
  }
  let rest = random() * total;
  let position = 0;
  for (; position < weights.length - 1; position++) {
    rest -= weights[position] as number;
    if (rest < 0) break;
  }
  const token = candidates[position] as number;
  return { token, logProbability: (allowed[token] as number) - largest - Math.log(totalAtOne) };
}

/** A small seeded generator (mulberry32, public domain): the same window gives the same text when it is run again. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
