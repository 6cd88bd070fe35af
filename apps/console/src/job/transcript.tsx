'use client';

import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useApiUrl } from '../api/api-context';
import { isTerminal } from '../jobs/job-states';
import { EmptyState } from '../ui/empty-state';
import type { Job, Segment } from './job-state';
import { CONFIDENCE_DOUBTFUL, SegmentLine } from './segment-line';
import classes from './transcript.module.css';
import { useFollowEnd } from './use-follow-end';
import { usePlayer } from './use-player';

interface TranscriptProps {
  readonly job: Job;
  readonly segments: readonly Segment[];
}

const WAITING_TEXTS: Partial<Record<Job['state'], readonly [title: string, text: string]>> = {
  QUEUED: ['Waiting for its turn', 'The text appears here while it is being transcribed.'],
  PREPARING: ['Reading the audio', 'The text appears here while it is being transcribed.'],
  PAUSED: ['Paused', 'Resume the job to go on.'],
  FAILED: ['No text', 'The reason is above. Nothing of the recording is lost: retry when it is mended.'],
  CANCELLED: ['No text', 'This job was cancelled before there was any.'],
  COMPLETED: ['No speech', 'No speech was found in this recording.'],
};

const LONG_SEGMENTS_MIN = 400;

const hasDoubt = ({ words, confidence }: Segment): boolean =>
  words.length === 0 ? confidence < CONFIDENCE_DOUBTFUL : words.some((word) => word.confidence < CONFIDENCE_DOUBTFUL);

export function Transcript({ job, segments }: TranscriptProps) {
  const apiUrl = useApiUrl();
  const running = !isTerminal(job.state);
  const { audio, playingId, playFrom, onTimeUpdate } = usePlayer(segments);
  const { scrollArea, following, onScroll, follow } = useFollowEnd(segments.length, running);
  const [title, text] = WAITING_TEXTS[job.state] ?? ['Listening', 'The first words appear in a moment.'];

  return (
    <section className={classes.panel} aria-labelledby="transcript-title">
      <div className={classes.head}>
        <h2 id="transcript-title" className={classes.title}>
          Transcript
        </h2>
        <audio
          ref={audio}
          className={classes.player}
          controls
          preload="metadata"
          crossOrigin="use-credentials"
          src={apiUrl + job.mediaPath}
          onTimeUpdate={onTimeUpdate}
          aria-label="Recording"
        />
      </div>
      <div
        ref={scrollArea}
        className={classes.scroll}
        onScroll={onScroll}
        tabIndex={0}
        role="region"
        aria-label="Text of the recording"
      >
        {segments.length === 0 ? (
          <EmptyState title={title} text={text} />
        ) : (
          <ol className={classes.segments} data-long={segments.length > LONG_SEGMENTS_MIN}>
            {segments.map((segment) => (
              <SegmentLine key={segment.id} segment={segment} playing={segment.id === playingId} onPlay={playFrom} />
            ))}
          </ol>
        )}
        {running && segments.length > 0 ? (
          <div className={classes.writing}>{job.state === 'PAUSED' ? 'Paused' : 'More is coming…'}</div>
        ) : null}
      </div>
      {running && !following ? (
        <Button
          className={classes.follow}
          size="compact-sm"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={follow}
        >
          Follow
        </Button>
      ) : null}
      {segments.some(hasDoubt) ? (
        <div className={classes.legend}>
          <mark className={classes.doubtful}>Shaded words</mark> were recognised with little confidence. Click a line to
          hear it.
        </div>
      ) : null}
    </section>
  );
}
