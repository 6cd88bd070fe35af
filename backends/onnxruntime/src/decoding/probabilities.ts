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

/**
 * Draws a token from `softmax((logits + rule) / temperature)`. Its log-probability is that at temperature 1, as Whisper counts it.
 */
export function sampleToken(
  logits: Float32Array,
  rule: Float32Array,
  temperature: number,
  random: () => number,
): { token: number; logProbability: number } {
  const allowed = Float32Array.from(logits, (value, index) => value + (rule[index] as number));
  const sharpened = Float32Array.from(allowed, (value) => value / temperature);
  const total = logSumExp(sharpened);
  let rest = random();
  let token = 0;
  for (let index = 0; index < sharpened.length; index++) {
    const probability = Math.exp((sharpened[index] as number) - total);
    if (probability > 0) token = index;
    rest -= probability;
    if (rest < 0) break;
  }
  return { token, logProbability: (allowed[token] as number) - logSumExp(allowed) };
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
