'use client';

import { useDeferredValue, useEffect, useMemo, useState, type RefObject } from 'react';
import type { Segment } from '../job/job-state';
import { findText, type FoundText } from './find-matches';
import type { SegmentListHandle } from './segment-list';
import type { TextRange } from './segment-parts';

export interface Find {
  readonly query: string;
  readonly setQuery: (query: string) => void;
  readonly count: number;
  /** From 0; -1 without matches. */
  readonly current: number;
  readonly step: (by: 1 | -1) => void;
  /** What to mark in each line that has matches. */
  readonly rangesOf: (row: number) => readonly TextRange[] | undefined;
}

function groupRanges(found: readonly FoundText[], current: number): ReadonlyMap<number, readonly TextRange[]> {
  const ranges = new Map<number, TextRange[]>();
  for (const [index, { row, start, end }] of found.entries()) {
    const line = ranges.get(row) ?? [];
    line.push({ start, end, current: index === current });
    ranges.set(row, line);
  }
  return ranges;
}

/** Finds within the transcript, line by line. Typing is never held up: the lines follow as fast as they can. */
export function useFind(segments: readonly Segment[], list: RefObject<SegmentListHandle | null>): Find {
  const [query, setQuery] = useState('');
  const [position, setPosition] = useState(0);
  const wanted = useDeferredValue(query);
  const found = useMemo(() => findText(segments, wanted), [segments, wanted]);
  const current = found.length === 0 ? -1 : Math.min(position, found.length - 1);
  const ranges = useMemo(() => groupRanges(found, current), [found, current]);
  const currentRow = found[current]?.row;

  useEffect(() => {
    if (currentRow !== undefined) list.current?.reveal(currentRow);
  }, [list, currentRow, wanted]);

  return {
    query,
    setQuery: (next) => {
      setQuery(next);
      setPosition(0);
    },
    count: found.length,
    current,
    step: (by) => {
      if (found.length > 0) setPosition((current + by + found.length) % found.length);
    },
    rangesOf: (row) => ranges.get(row),
  };
}
