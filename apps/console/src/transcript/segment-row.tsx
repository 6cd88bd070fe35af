import { memo, type ReactNode } from 'react';
import type { Segment } from '../job/job-state';
import { formatClock, formatPercent } from '../ui/format';
import type { Playback } from './playback';
import { lastBegunAt } from './segment-at';
import { markRanges, splitSegment, type SegmentPart, type TextRange } from './segment-parts';
import classes from './segment-row.module.css';
import { usePlaybackValue } from './use-playback';

/** Below this a word is worth a second look. */
export const CONFIDENCE_DOUBTFUL = 0.5;

const NO_RANGES: readonly TextRange[] = [];

interface SegmentRowProps {
  readonly segment: Segment;
  /** The one that is heard, or was heard last. */
  readonly heard: boolean;
  readonly playback: Playback;
  readonly ranges?: readonly TextRange[] | undefined;
  /** Stands in for the words: how they differ from those of another run. */
  readonly text?: ReactNode;
  /** Small facts behind the last word. */
  readonly marks?: ReactNode;
  /** Stands in for all of that: the editor. */
  readonly children?: ReactNode;
  /** At the end of the line. */
  readonly aside?: ReactNode;
}

function partClass({ confidence, found }: SegmentPart, heard: boolean): string {
  return [
    confidence !== undefined && confidence < CONFIDENCE_DOUBTFUL ? classes.doubtful : undefined,
    found === undefined ? undefined : found ? classes.foundCurrent : classes.found,
    heard ? classes.heardWord : undefined,
  ]
    .filter((name) => name !== undefined)
    .join(' ');
}

function PartText({ part, heard }: { part: SegmentPart; heard: boolean }) {
  const { text, word, confidence, found } = part;
  const className = partClass(part, heard);
  if (word === undefined && className === '') return text;
  const doubtful = confidence !== undefined && confidence < CONFIDENCE_DOUBTFUL;
  const Tag = doubtful || found !== undefined ? 'mark' : 'span';
  return (
    <Tag
      className={className === '' ? undefined : className}
      data-word={word}
      title={doubtful ? `Confidence ${formatPercent(confidence)}` : undefined}
    >
      {text}
    </Tag>
  );
}

/** Words that follow the recording. Only this renders again while it plays, and only when the next word begins. */
function SegmentWords({
  segment,
  playback,
  ranges = NO_RANGES,
}: Pick<SegmentRowProps, 'segment' | 'playback' | 'ranges'>) {
  const heardWord = usePlaybackValue(playback, ({ seconds, element }) => {
    const now = seconds();
    const begun = (element()?.currentTime ?? 0) > 0 && now >= segment.startSeconds && now < segment.endSeconds;
    return begun ? lastBegunAt(segment.words, now) : -1;
  });
  const parts = markRanges(splitSegment(segment), ranges);
  return parts.map((part, index) => (
    <PartText key={index} part={part} heard={part.word !== undefined && part.word === heardWord} />
  ));
}

/** One line: when it is said, and what. A click on a word, or on the time, goes there (the list listens: thousands of words have no listener each). */
export const SegmentRow = memo(function SegmentRow(props: SegmentRowProps) {
  const { segment, heard, playback, ranges, text, marks, children, aside } = props;
  const start = formatClock(segment.startSeconds);
  return (
    <div className={classes.segment} data-heard={heard}>
      <button type="button" className={classes.time} data-seek aria-label={`Play from ${start}`}>
        {start}
      </button>
      {children ?? (
        <p className={classes.text}>
          {text ?? <SegmentWords segment={segment} playback={playback} ranges={ranges} />}
          {marks}
        </p>
      )}
      {aside}
    </div>
  );
});
