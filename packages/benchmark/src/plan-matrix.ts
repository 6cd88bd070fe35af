import type { BenchmarkCell, BenchmarkOrder } from './benchmark-run.js';

/** What a machine offers, as far as the matrix depends on it. */
export interface MatrixOffer {
  readonly backends: readonly { readonly name: string; readonly devices: readonly OfferedDevice[] }[];
  readonly modelDefault: string;
  readonly threadsDefault: number;
}

export interface OfferedDevice {
  readonly id: string;
  readonly kind: string;
}

/** The device of a backend that offers none: its cells fail with the backend's own reason instead of being missing. */
const DEVICE_DEFAULT = 'cpu';

/** Every combination that the order asks for. What the order leaves open is filled from the offer; what it names stays, whether it can run here or not. */
export function planMatrix(order: BenchmarkOrder, offer: MatrixOffer): BenchmarkCell[] {
  const backends = order.backends.length > 0 ? order.backends : offer.backends.map(({ name }) => name);
  const models = order.models.length > 0 ? order.models : [offer.modelDefault];
  const threads = order.threads.length > 0 ? order.threads : [offer.threadsDefault];
  const batches = order.batches.length > 0 ? order.batches : [null];
  return unique(models).flatMap((model) =>
    unique(backends).flatMap((backend) =>
      devicesOf(backend, order, offer).flatMap((device) =>
        unique(threads).flatMap((threadCount) =>
          unique(batches).map((batch) => ({ backend, model, device, threads: threadCount, batch })),
        ),
      ),
    ),
  );
}

function devicesOf(backend: string, order: BenchmarkOrder, offer: MatrixOffer): string[] {
  const offered = offer.backends.find(({ name }) => name === backend)?.devices ?? [];
  if (order.devices.length === 0) return offered.length > 0 ? offered.map(({ id }) => id) : [DEVICE_DEFAULT];
  return unique(
    order.devices.flatMap((wanted) => {
      const matching = offered.filter(({ id, kind }) => id === wanted || kind === wanted);
      return matching.length > 0 ? matching.map(({ id }) => id) : [wanted];
    }),
  );
}

function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}
