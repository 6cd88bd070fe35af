import { expect, test } from 'vitest';
import { errorRateDifferenceInterval, errorRateInterval, pooledRate } from './bootstrap.js';
import { coefficientOfVariation, describeDistribution, quantile, welchInterval } from './statistics.js';

test('a distribution is described as worked out by hand', () => {
  // Squares of the deviations from 5: 9 1 1 1 0 0 4 16, together 32; 32 / 7 = 4.571428…
  expect(describeDistribution([9, 2, 4, 5, 4, 7, 4, 5])).toEqual({
    count: 8,
    average: 5,
    minimum: 2,
    maximum: 9,
    p50: 4.5,
    p95: expect.closeTo(8.3, 10) as number,
    standardDeviation: expect.closeTo(Math.sqrt(32 / 7), 12) as number,
  });
  expect(describeDistribution([])).toBeUndefined();
});

test('quantiles lie on straight lines between neighbours, as in R and NumPy', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
  expect(quantile(twenty, 0.95)).toBeCloseTo(19.05, 10);
  expect(quantile([7], 0.95)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

test('variation is the spread in shares of the mean', () => {
  expect(coefficientOfVariation([10, 10, 10])).toBe(0);
  expect(coefficientOfVariation([9, 11])).toBeCloseTo(Math.SQRT2 / 10, 12);
});

/** The first example of the encyclopedias' articles on Welch's test: t = -2.46 at 24.99 degrees of freedom, p = 0.021. */
const FIRST = [27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4];
const SECOND = [27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4];

test("the interval of a difference is Welch's", () => {
  const interval = welchInterval(FIRST, SECOND);
  const difference = 344.8 / 15 - 312.3 / 15;
  const standardError = difference / 2.455;
  expect(((interval?.low ?? 0) + (interval?.high ?? 0)) / 2).toBeCloseTo(difference, 10);
  // 2.064 is the tabled point for 24 degrees of freedom.
  expect(((interval?.high ?? 0) - (interval?.low ?? 0)) / 2).toBeCloseTo(2.064 * standardError, 2);
  expect(interval?.low).toBeGreaterThan(0);
});

test('of a single figure no noise is known', () => {
  expect(welchInterval([1], [2, 3])).toBeUndefined();
  expect(welchInterval([2, 2], [3, 3])).toEqual({ low: 1, high: 1 });
});

test('rates are pooled over all recordings, long ones counting more', () => {
  const counts = [
    { errors: 1, length: 10 },
    { errors: 5, length: 90 },
  ];
  expect(pooledRate(counts)).toBe(0.06);
  expect(pooledRate([{ errors: 0, length: 0 }])).toBe(0);
  expect(pooledRate([])).toBeUndefined();
});

test('the interval of a rate is the same each time, holds the rate and shrinks with more recordings', () => {
  const recordings = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ errors: index % 4, length: 20 }));
  const few = errorRateInterval(recordings(8));
  const many = errorRateInterval(recordings(200));
  expect(few).toEqual(errorRateInterval(recordings(8)));
  expect(few?.low).toBeLessThan(0.075);
  expect(few?.high).toBeGreaterThan(0.075);
  expect((many?.high ?? 1) - (many?.low ?? 0)).toBeLessThan(((few?.high ?? 0) - (few?.low ?? 1)) / 3);
  // The normal approximation: 1.96 standard errors of 200 draws whose errors have a variance of 1.25.
  expect(many?.high).toBeCloseTo(0.075 + (1.96 * Math.sqrt(1.25 / 200)) / 20, 2);
  expect(errorRateInterval(recordings(1))).toBeUndefined();
});

test('two systems that err alike do not differ, however much both err', () => {
  const pairs = Array.from({ length: 12 }, (_, index) => ({
    first: { errors: index, length: 12 },
    second: { errors: index, length: 12 },
  }));
  expect(errorRateDifferenceInterval(pairs)).toEqual({ low: 0, high: 0 });
});
