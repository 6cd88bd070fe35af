import { expect, test } from 'vitest';
import { alignRows } from './dynamic-time-warping.js';

/** The cheapest path by trying all of them. */
function cheapest(costs: Float32Array, rows: number, columns: number): number {
  const walk = (row: number, column: number): number => {
    const own = costs[row * columns + column] as number;
    if (row === 0 && column === 0) return own;
    return (
      own +
      Math.min(
        row > 0 && column > 0 ? walk(row - 1, column - 1) : Infinity,
        row > 0 ? walk(row - 1, column) : Infinity,
        column > 0 ? walk(row, column - 1) : Infinity,
      )
    );
  };
  return walk(rows - 1, columns - 1);
}

test('tokens begin where the cheap cells begin', () => {
  const cheap = [0, 0, 0, 1, 1, 2, 2, 2];
  const costs = Float32Array.from({ length: 24 }, (_, index) => (cheap[index % 8] === Math.floor(index / 8) ? 0 : 1));
  expect([...alignRows(costs, 3, 8)]).toEqual([0, 3, 5]);
});

test('first frames never fall, and the path through them is as cheap as any', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const rows = 2 + (seed % 4);
    const columns = rows + (seed % 3);
    const costs = Float32Array.from({ length: rows * columns }, (_, index) =>
      Math.fround(Math.sin(seed * 31 + index * 7)),
    );
    const firsts = [...alignRows(costs, rows, columns)];
    expect(firsts).toEqual([...firsts].sort((left, right) => left - right));
    // Between two first frames the row is fixed, but for the step down, which is straight or diagonal: the cheaper of the two.
    let total = 0;
    firsts.forEach((first, row) => {
      const next = firsts[row + 1];
      const until = next ?? columns - 1;
      const straight = costs
        .subarray(row * columns + first, row * columns + until + 1)
        .reduce((sum, cost) => sum + cost, 0);
      const withoutLast = straight - (costs[row * columns + until] as number);
      total += next === undefined || next === first ? straight : Math.min(straight, withoutLast);
    });
    expect(total).toBeCloseTo(cheapest(costs, rows, columns), 4);
  }
});
