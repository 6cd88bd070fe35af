import type { BenchmarkErrors } from './benchmark-run.js';
import { quantile, type Interval } from './statistics.js';

const RESAMPLES = 1000;
/** Any constant: the same figures give the same interval. */
const SEED = 20_220_906;

/** Errors over length of all recordings together; undefined when there is no reference at all. */
export function pooledRate(counts: readonly BenchmarkErrors[]): number | undefined {
  if (counts.length === 0) return undefined;
  const errors = counts.reduce((total, count) => total + count.errors, 0);
  const length = counts.reduce((total, count) => total + count.length, 0);
  return errors === 0 ? 0 : errors / length;
}

/**
 * The 95 % interval of a pooled error rate, by drawing the recordings anew with replacement: errors come in bunches, so words are no independent draws but
 * recordings are (Bisani and Ney 2004). Undefined with fewer than two recordings.
 */
export function errorRateInterval(counts: readonly BenchmarkErrors[]): Interval | undefined {
  return bootstrap(counts, (drawn) => pooledRate(drawn) ?? 0);
}

/** The same for the difference of two systems on the same recordings (second minus first), which are drawn in pairs. */
export function errorRateDifferenceInterval(
  pairs: readonly { readonly first: BenchmarkErrors; readonly second: BenchmarkErrors }[],
): Interval | undefined {
  return bootstrap(
    pairs,
    (drawn) =>
      (pooledRate(drawn.map(({ second }) => second)) ?? 0) - (pooledRate(drawn.map(({ first }) => first)) ?? 0),
  );
}

function bootstrap<Item>(items: readonly Item[], statistic: (drawn: readonly Item[]) => number): Interval | undefined {
  if (items.length < 2) return undefined;
  const random = createRandom(SEED);
  const values = Array.from({ length: RESAMPLES }, () =>
    statistic(items.map((_item, _index) => items[Math.floor(random() * items.length)] as Item)),
  );
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/** Uniform in 0..1 from a Weyl sequence that is mixed by multiplication (the finalizer of MurmurHash3). Good enough to draw recordings; no secret. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
