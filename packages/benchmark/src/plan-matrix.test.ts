import { expect, test } from 'vitest';
import { type BenchmarkError, parseOrder, planMatrix } from './index.js';

const OFFER = {
  backends: [
    {
      name: 'fast',
      devices: [
        { id: 'cpu', kind: 'cpu' },
        { id: 'cuda:0', kind: 'cuda' },
      ],
    },
    { name: 'broken', devices: [] },
  ],
  modelDefault: 'base',
  threadsDefault: 2,
};

test('an order without wishes measures everything that the machine offers, once', () => {
  expect(planMatrix(parseOrder({}), OFFER)).toEqual([
    { backend: 'fast', model: 'base', device: 'cpu', threads: 2, batch: null },
    { backend: 'fast', model: 'base', device: 'cuda:0', threads: 2, batch: null },
    { backend: 'broken', model: 'base', device: 'cpu', threads: 2, batch: null },
  ]);
});

test('every wish is combined with every other, doubles left out, and what cannot run here stays to say why', () => {
  const order = parseOrder({
    backends: ['fast', 'absent', 'fast'],
    models: ['a', 'b'],
    devices: ['cuda', 'cpu'],
    threads: [1, 2],
    batches: [null, 8],
  });
  const cells = planMatrix(order, OFFER);
  expect(cells).toHaveLength(2 * 2 * 2 * 2 * 2);
  expect(new Set(cells.map((cell) => JSON.stringify(cell))).size).toBe(cells.length);
  expect(cells.filter(({ backend }) => backend === 'absent').map(({ device }) => device)).toContain('cuda');
});

test.each([
  [{ threads: [0] }, 'threads'],
  [{ batches: [1.5] }, 'batches'],
  [{ iterations: 0 }, 'iterations'],
  [{ backends: ['../etc'] }, 'backends'],
  [{ variationMax: 2 }, 'variationMax'],
  [{ variationMax: 0.02, iterations: 1 }, 'iterations'],
  [{ variationMax: 0.02, iterationsMax: 2 }, 'iterationsMax'],
  [{ language: 'English' }, 'language'],
])('an order with %j is refused by the name of the field', (order, field) => {
  expect(() => parseOrder(order)).toThrow(expect.objectContaining({ code: 'order-invalid', field }) as BenchmarkError);
});
