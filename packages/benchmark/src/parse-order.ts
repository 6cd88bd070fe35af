import { ORDER_DEFAULTS, type BenchmarkOrder } from './benchmark-run.js';

export class BenchmarkError extends Error {
  override readonly name = 'BenchmarkError';
  readonly code: 'order-invalid' | 'audio-missing' | 'benchmark-cancelled';
  readonly retry = 'never';
  /** The part of the order that is wrong. */
  readonly field: string | undefined;

  constructor(code: BenchmarkError['code'], message: string, field?: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

const LIST_ITEMS_MAX = 32;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Fills an order with the defaults and checks its bounds. Throws BenchmarkError `order-invalid` that names the field. */
export function parseOrder(given: Partial<BenchmarkOrder>): BenchmarkOrder {
  const order = { ...ORDER_DEFAULTS, ...given };
  for (const field of ['backends', 'models', 'devices'] as const) {
    checkList(order, field);
    const wrong = order[field].find((name) => !NAME.test(name));
    if (wrong !== undefined) throw invalid(field, `"${wrong}" is no name.`);
  }
  checkList(order, 'threads');
  for (const count of order.threads) checkWhole('threads', count, 1, 1024);
  checkList(order, 'batches');
  for (const count of order.batches) if (count !== null) checkWhole('batches', count, 1, 1024);
  checkWhole('iterations', order.iterations, 1, 1000);
  checkWhole('iterationsMax', order.iterationsMax, 1, 1000);
  checkWhole('warmups', order.warmups, 0, 100);
  const { variationMax, iterations, iterationsMax, language } = order;
  if (variationMax !== null) {
    if (!(variationMax > 0 && variationMax < 1))
      throw invalid('variationMax', 'The bound must be a share between 0 and 1.');
    if (iterations < 2) throw invalid('iterations', 'Stability shows in at least 2 iterations.');
    if (iterationsMax < iterations)
      throw invalid('iterationsMax', 'The most iterations must not be fewer than the least.');
  }
  if (language !== null && !/^[a-z]{2,3}$/.test(language)) {
    throw invalid('language', `"${language}" is no language code such as en or de.`);
  }
  return order;
}

function checkList(order: BenchmarkOrder, field: 'backends' | 'models' | 'devices' | 'threads' | 'batches'): void {
  if (order[field].length > LIST_ITEMS_MAX) throw invalid(field, `At most ${LIST_ITEMS_MAX} at once.`);
}

function checkWhole(field: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw invalid(field, `${value} is not accepted: a whole number from ${min} to ${max} is.`);
}

function invalid(field: string, message: string): BenchmarkError {
  return new BenchmarkError('order-invalid', `${field}: ${message}`, field);
}
