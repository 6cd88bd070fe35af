import { memo } from 'react';
import { formatClock, formatPercent } from '../ui/format';
import type { Segment } from './job-state';
import { splitSegment } from './segment-parts';
import classes from './transcript.module.css';

/** Below this a word is worth a second look. */
export const CONFIDENCE_DOUBTFUL = 0.5;

interface SegmentLineProps {
  readonly segment: Segment;
  readonly playing: boolean;
  readonly onPlay: (seconds: number) => void;
}

function SegmentText({ segment }: { segment: Segment }) {
  return splitSegment(segment).map(({ text, confidence }, index) =>
    confidence === undefined || confidence >= CONFIDENCE_DOUBTFUL ? (
      text
    ) : (
      <mark key={index} className={classes.doubtful} title={`Confidence ${formatPercent(confidence)}`}>
        {text}
      </mark>
    ),
  );
}

export const SegmentLine = memo(function SegmentLine({ segment, playing, onPlay }: SegmentLineProps) {
  const start = formatClock(segment.startSeconds);
  return (
    <li className={classes.segment} data-playing={playing} onClick={() => onPlay(segment.startSeconds)}>
      <button
        type="button"
        className={classes.time}
        aria-label={`Play from ${start}`}
        onClick={(event) => {
          event.stopPropagation();
          onPlay(segment.startSeconds);
        }}
      >
        {start}
      </button>
      <p className={classes.text}>
        <SegmentText segment={segment} />
      </p>
    </li>
  );
});
