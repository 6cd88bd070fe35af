'use client';

import { useWindowVirtualizer, type VirtualItem, type Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type RefObject } from 'react';
import { useOffsetTop } from '../ui/use-offset-top';

interface RowWindowOptions {
  readonly count: number;
  readonly rowPixels: number;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
}

export interface RowWindow<List extends HTMLElement> {
  readonly list: RefObject<List | null>;
  readonly items: readonly VirtualItem[];
  /** Height of the rows above and below those that are drawn. */
  readonly abovePixels: number;
  readonly belowPixels: number;
  readonly virtualizer: Virtualizer<Window, Element>;
}

const ROWS_BEYOND = 12;

/** Only the rows near the screen are drawn, so that a thousand jobs scroll like ten. Asks for older ones when the end comes near. */
export function useRowWindow<List extends HTMLElement>(options: RowWindowOptions): RowWindow<List> {
  const { count, rowPixels, hasMore, loadMore } = options;
  const list = useRef<List>(null);
  const offsetPixels = useOffsetTop(list);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => rowPixels,
    overscan: ROWS_BEYOND,
    scrollMargin: offsetPixels,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1);
  const nearEnd = last !== undefined && last.index >= count - ROWS_BEYOND;
  const more = useRef(loadMore);
  useEffect(() => {
    more.current = loadMore;
  });
  useEffect(() => {
    if (hasMore && nearEnd && window.scrollY > 0) more.current();
  }, [hasMore, nearEnd, count]);
  return {
    list,
    items,
    abovePixels: Math.max(0, (items[0]?.start ?? offsetPixels) - offsetPixels),
    belowPixels: last === undefined ? 0 : Math.max(0, virtualizer.getTotalSize() - (last.end - offsetPixels)),
    virtualizer,
  };
}
