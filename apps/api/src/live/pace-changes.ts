import { isLate } from './is-late.js';

/**
 * Passes names of what changed on at once, but each of them at most once per interval: one that comes again too soon is held until it is due, so that the
 * last change is never lost. Pull-driven: remembers the names of one interval, and pulls nothing ahead but the next batch.
 */
export async function* paceChanges(
  batches: AsyncIterable<readonly string[]>,
  { intervalMilliseconds }: { readonly intervalMilliseconds: number },
): AsyncGenerator<readonly string[], void, undefined> {
  const iterator = batches[Symbol.asyncIterator]();
  /** In the order of time: a name that is sent again moves to the end. */
  const sentAt = new Map<string, number>();
  const held = new Set<string>();
  let next: Promise<IteratorResult<readonly string[]>> | undefined;

  const takeDue = (): readonly string[] => {
    const now = Date.now();
    for (const [name, at] of sentAt) if (at + intervalMilliseconds <= now) sentAt.delete(name);
    const due = [...held].filter((name) => !sentAt.has(name));
    for (const name of due) {
      held.delete(name);
      sentAt.set(name, now);
    }
    return due;
  };
  const untilDue = (): number => {
    const first = [...sentAt].find(([name]) => held.has(name));
    return (first?.[1] ?? 0) + intervalMilliseconds - Date.now();
  };

  try {
    for (;;) {
      next ??= iterator.next();
      if (held.size === 0 || !(await isLate(next, untilDue()))) {
        const result = await next;
        next = undefined;
        if (result.done === true) {
          if (held.size > 0) yield [...held];
          return;
        }
        for (const name of result.value) held.add(name);
      }
      const due = takeDue();
      if (due.length > 0) yield due;
    }
  } finally {
    // A failure of the source has been thrown by the pull above already.
    next?.catch(() => undefined);
    await iterator.return?.();
  }
}
