import { memo } from 'react';
import { formatClock, formatPercent } from '../ui/format';
import type { Segment } from './job-state';
import classes from './transcript.module.css';

/** Below this a word is worth a second look. */
export const CONFIDENCE_DOUBTFUL = 0.5;

interface SegmentLineProps {
  readonly segment: Segment;
  readonly playing: boolean;
  readonly onPlay: (seconds: number) => void;
}

function SegmentText({ segment }: { segment: Segment }) {
  const { words, text, confidence } = segment;
  if (words.length === 0) {
    return confidence < CONFIDENCE_DOUBTFUL ? (
      <mark className={classes.doubtful} title={`Confidence ${formatPercent(confidence)}`}>
        {text.trim()}
      </mark>
    ) : (
      text.trim()
    );
  }
  return words.map((word, index) => {
    // Some languages write no spaces: whether a word brings one is part of its text.
    const shown = index === 0 ? word.text.trimStart() : word.text;
    if (word.confidence >= CONFIDENCE_DOUBTFUL) return shown;
    const space = /^\s*/.exec(shown)?.[0] ?? '';
    return (
      <span key={index}>
        {space}
        <mark className={classes.doubtful} title={`Confidence ${formatPercent(word.confidence)}`}>
          {shown.slice(space.length)}
        </mark>
      </span>
    );
  });
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
