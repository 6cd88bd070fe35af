import { expect, test } from 'vitest';
import { axisSteps, conditionsOf } from './benchmark-looks';

test('an axis has round steps, begins at zero and reaches its highest value', () => {
  expect(axisSteps(37)).toEqual([0, 10, 20, 30, 40]);
  expect(axisSteps(0.1)).toHaveLength(5);
  expect(axisSteps(0)).toEqual([0, 1]);
  for (const valueMax of [0.013, 1, 9.99, 250, 3e9]) {
    const steps = axisSteps(valueMax);
    expect(steps.at(-1)).toBeGreaterThanOrEqual(valueMax);
    expect(steps.length).toBeLessThanOrEqual(6);
  }
});

test('the conditions of a cell say what ran together only when it was set', () => {
  expect(conditionsOf({ device: 'cpu', threads: 1, batch: null })).toBe('cpu, 1 thread');
  expect(conditionsOf({ device: 'cpu', threads: 2, batch: 1 })).toBe('cpu, 2 threads, 1 window at once');
});
