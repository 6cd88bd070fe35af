/** Average, spread and order statistics of a list of figures. */
export interface Distribution {
  readonly count: number;
  readonly average: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly p50: number;
  readonly p95: number;
  /** Of the sample: divided by one less than the count. Zero for a single figure. */
  readonly standardDeviation: number;
}

/** Undefined for an empty list. */
export function describeDistribution(values: readonly number[]): Distribution | undefined {
  if (values.length === 0) return undefined;
  return {
    count: values.length,
    average: mean(values),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    p50: quantile(values, 0.5),
    p95: quantile(values, 0.95),
    standardDeviation: standardDeviation(values),
  };
}

/** NaN for an empty list. */
export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const average = mean(values);
  const squares = values.reduce((total, value) => total + (value - average) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Standard deviation over mean: 0.02 says that the figures vary by about two percent. */
export function coefficientOfVariation(values: readonly number[]): number {
  return standardDeviation(values) / mean(values);
}

/**
 * The value below which a share of the figures lies, with straight lines between neighbours: type 7 of Hyndman and Fan (1996), the default of R, NumPy
 * and spreadsheets. Throws on an empty list.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError('A quantile needs at least one figure.');
  return below + (above - below) * (position - Math.floor(position));
}

/** Two-sided 95 % points of Student's t distribution, for 1 to 30 degrees of freedom. */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Rounded down to whole degrees, and above 30 by Cornish and Fisher's first correction of 1.96: never too small by more than 0.001. */
function studentT95(degreesOfFreedom: number): number {
  const tabled = T_95[Math.max(1, Math.floor(degreesOfFreedom)) - 1];
  return tabled ?? 1.96 + (1.96 ** 3 + 1.96) / (4 * degreesOfFreedom);
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % interval of the difference of two means (second minus first) by Welch's method, which does not ask for equal spreads. Undefined when a list
 * has fewer than two figures: then nothing is known about its noise.
 */
export function welchInterval(first: readonly number[], second: readonly number[]): Interval | undefined {
  if (first.length < 2 || second.length < 2) return undefined;
  const errors = [first, second].map((values) => standardDeviation(values) ** 2 / values.length) as [number, number];
  const variance = errors[0] + errors[1];
  const difference = mean(second) - mean(first);
  if (variance === 0) return { low: difference, high: difference };
  const degrees = variance ** 2 / (errors[0] ** 2 / (first.length - 1) + errors[1] ** 2 / (second.length - 1));
  const margin = studentT95(degrees) * Math.sqrt(variance);
  return { low: difference - margin, high: difference + margin };
}
