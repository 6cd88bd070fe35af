import { isLate } from './is-late.js';

export interface CoalesceOptions<Item> {
  /** Whether a later item makes this one pointless. */
  readonly isProgress: (item: Item) => boolean;
  readonly intervalMilliseconds: number;
}

/**
 * Lets at most one progress item through per interval, the latest, and everything else at once and in order. A held item is dropped when
 * something newer is sent. Pull-driven: holds one item, and pulls nothing ahead but the next one.
 */
export async function* coalesceProgress<Item>(
  source: AsyncIterable<Item>,
  { isProgress, intervalMilliseconds }: CoalesceOptions<Item>,
): AsyncGenerator<Item, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<Item>> | undefined;
  let held: { readonly item: Item } | undefined;
  let dueAt = 0;
  try {
    for (;;) {
      next ??= iterator.next();
      if (held !== undefined && (await isLate(next, dueAt - Date.now()))) {
        dueAt = Date.now() + intervalMilliseconds;
        const { item } = held;
        held = undefined;
        yield item;
        continue;
      }
      const result = await next;
      next = undefined;
      if (result.done === true) {
        if (held !== undefined) yield held.item;
        return;
      }
      if (!isProgress(result.value)) {
        held = undefined;
        yield result.value;
      } else if (Date.now() >= dueAt) {
        dueAt = Date.now() + intervalMilliseconds;
        held = undefined;
        yield result.value;
      } else {
        held = { item: result.value };
      }
    }
  } finally {
    // A failure of the source has been thrown by the pull above already.
    next?.catch(() => undefined);
    await iterator.return?.();
  }
}
