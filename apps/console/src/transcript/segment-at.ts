interface Timed {
  readonly startSeconds: number;
}

/** Position of the last one that has begun; -1 before the first. `items` are in the order of time. */
export function lastBegunAt(items: readonly Timed[], seconds: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.startSeconds ?? Infinity) <= seconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
