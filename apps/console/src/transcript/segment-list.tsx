'use client';

import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useImperativeHandle,
  useRef,
  type CSSProperties,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from 'react';
import type { Segment } from '../job/job-state';
import { useOffsetTop } from '../ui/use-offset-top';
import type { Playback } from './playback';
import classes from './segment-list.module.css';
import { useFollow } from './use-follow';
import { useHeardRow } from './use-playback';

export interface SegmentListHandle {
  /** Brings a line into view and leaves the reader there; one that is in view already stays where it is, unless it shall be `centred`. */
  readonly reveal: (row: number, options?: { readonly centred?: boolean }) => void;
  /** Keeps what is heard in view, from now on. */
  readonly follow: () => void;
  /** Position of the line that is heard; -1: none. */
  readonly heardRow: () => number;
}

interface SegmentListProps {
  readonly segments: readonly Segment[];
  readonly playback: Playback;
  readonly growing: boolean;
  /** The page ends with the list: it takes what the window has left. */
  readonly fillsWindow?: boolean;
  readonly renderRow: (segment: Segment, place: { readonly row: number; readonly heard: boolean }) => ReactNode;
  readonly empty: ReactNode;
  readonly footer?: ReactNode;
  readonly handle?: Ref<SegmentListHandle>;
}

/** Of a line that was not measured yet: most take one or two rows of text. */
const LINE_PIXELS = 52;
const LINES_AHEAD = 10;

/** Where a click leads: to the word under it, or to the line's beginning. */
function targetSeconds({ words, startSeconds }: Segment, clicked: Element): number | undefined {
  const word = clicked.closest<HTMLElement>('[data-word]')?.dataset.word;
  if (word !== undefined) return words[Number(word)]?.startSeconds ?? startSeconds;
  return clicked.closest('[data-seek]') === null ? undefined : startSeconds;
}

/** The lines of a transcript, of which only those in view exist in the page: hours of speech have thousands. */
export function SegmentList(props: SegmentListProps) {
  const { segments, playback, growing, renderRow, empty, footer, handle, fillsWindow = false } = props;
  const scrollArea = useRef<HTMLDivElement>(null);
  const abovePixels = useOffsetTop(scrollArea);
  const heardRow = useHeardRow(playback, segments);
  const rows = useVirtualizer<HTMLDivElement, HTMLLIElement>({
    count: segments.length,
    getScrollElement: () => scrollArea.current,
    estimateSize: () => LINE_PIXELS,
    getItemKey: (index) => segments[index]?.id ?? index,
    overscan: LINES_AHEAD,
    paddingStart: 8,
    paddingEnd: 12,
  });
  const { following, follow, stopFollowing } = useFollow({
    scrollArea,
    rows,
    rowCount: segments.length,
    heardRow,
    growing,
  });
  const heard = useRef(heardRow);
  useEffect(() => {
    heard.current = heardRow;
  });
  useImperativeHandle(handle, () => ({
    reveal: (row, { centred = true } = {}) => {
      stopFollowing();
      rows.scrollToIndex(row, { align: centred ? 'center' : 'auto' });
    },
    follow,
    heardRow: () => heard.current,
  }));

  const onClick = (event: MouseEvent<HTMLOListElement>) => {
    // Selecting text to copy it is no wish to hear it.
    if (!(event.target instanceof Element) || getSelection()?.isCollapsed === false) return;
    const segment = segments[Number(event.target.closest<HTMLElement>('[data-index]')?.dataset.index)];
    const seconds = segment && targetSeconds(segment, event.target);
    if (seconds === undefined) return;
    playback.seek(seconds, { play: event.target.closest('[data-seek]') !== null });
    follow();
  };

  return (
    <div className={classes.listFrame}>
      <div
        ref={scrollArea}
        className={classes.scroll}
        style={fillsWindow ? ({ '--above': `${abovePixels}px` } as CSSProperties) : undefined}
        tabIndex={0}
        role="region"
        aria-label="Text of the recording"
      >
        {segments.length === 0 ? (
          empty
        ) : (
          <ol className={classes.segments} style={{ height: rows.getTotalSize() }} onClick={onClick}>
            {rows.getVirtualItems().map(({ key, index, start }) => {
              const segment = segments[index];
              return segment === undefined ? null : (
                <li
                  key={key}
                  ref={rows.measureElement}
                  data-index={index}
                  aria-setsize={segments.length}
                  aria-posinset={index + 1}
                  className={classes.row}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {renderRow(segment, { row: index, heard: index === heardRow })}
                </li>
              );
            })}
          </ol>
        )}
        {footer}
      </div>
      {!following && (growing || heardRow >= 0) ? (
        <Button
          className={classes.follow}
          size="compact-sm"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={follow}
        >
          Follow
        </Button>
      ) : null}
    </div>
  );
}
