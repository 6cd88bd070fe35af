'use client';

import type { Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useState, type RefObject } from 'react';

interface FollowOptions {
  readonly scrollArea: RefObject<HTMLDivElement | null>;
  readonly rows: Virtualizer<HTMLDivElement, HTMLLIElement>;
  readonly rowCount: number;
  /** The one to keep in view; -1: none. */
  readonly heardRow: number;
  /** More rows are coming: their end is kept in view while nothing is heard. */
  readonly growing: boolean;
}

export interface Follow {
  readonly following: boolean;
  readonly follow: () => void;
  readonly stopFollowing: () => void;
}

/** What only a person does: scrolling by the program fires none of these. */
const READER_EVENTS = ['wheel', 'touchmove'] as const;
const SCROLL_KEYS = new Set(['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown']);
/** The heard line may wander over this part of the view before it is brought back. */
const COMFORT_START = 0.12;
const COMFORT_END = 0.7;

function isComfortable(area: HTMLElement, start: number, end: number): boolean {
  const { scrollTop, clientHeight } = area;
  return start >= scrollTop + clientHeight * COMFORT_START && end <= scrollTop + clientHeight * COMFORT_END;
}

/** Keeps what is heard, or what is just written, in view until the reader scrolls away; again once they ask for it. */
export function useFollow({ scrollArea, rows, rowCount, heardRow, growing }: FollowOptions): Follow {
  const [following, setFollowing] = useState(true);
  const stopFollowing = useCallback(() => setFollowing(false), []);
  const follow = useCallback(() => setFollowing(true), []);

  useEffect(() => {
    const area = scrollArea.current;
    if (area === null) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.target === area && SCROLL_KEYS.has(event.key)) stopFollowing();
    };
    // The scrollbar belongs to the area itself: a press on a line has that line as its target.
    const onPress = (event: PointerEvent) => {
      if (event.target === area) stopFollowing();
    };
    for (const name of READER_EVENTS) area.addEventListener(name, stopFollowing, { passive: true });
    area.addEventListener('keydown', onKey);
    area.addEventListener('pointerdown', onPress);
    return () => {
      for (const name of READER_EVENTS) area.removeEventListener(name, stopFollowing);
      area.removeEventListener('keydown', onKey);
      area.removeEventListener('pointerdown', onPress);
    };
  }, [scrollArea, stopFollowing]);

  useEffect(() => {
    const area = scrollArea.current;
    if (!following || area === null || rowCount === 0) return;
    if (heardRow >= 0) {
      const shown = rows.getVirtualItems().find(({ index }) => index === heardRow);
      if (shown === undefined || !isComfortable(area, shown.start, shown.end))
        rows.scrollToIndex(heardRow, { align: 'center' });
    } else if (growing) rows.scrollToIndex(rowCount - 1, { align: 'end' });
  }, [scrollArea, rows, following, heardRow, growing, rowCount]);

  return { following, follow, stopFollowing };
}
