'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useCallback } from 'react';
import { useApiUrl } from '../api/api-context';
import type { Job, Segment } from '../job/job-state';
import { isTerminal } from '../jobs/job-states';
import { SegmentList } from './segment-list';
import { CONFIDENCE_DOUBTFUL, SegmentRow } from './segment-row';
import rows from './segment-row.module.css';
import classes from './transcript-panel.module.css';
import { usePlayback } from './use-playback';
import { WaitingText } from './waiting-text';

interface LiveTextProps {
  readonly job: Job;
  readonly segments: readonly Segment[];
}

const hasDoubt = ({ words, confidence }: Segment): boolean =>
  words.length === 0 ? confidence < CONFIDENCE_DOUBTFUL : words.some((word) => word.confidence < CONFIDENCE_DOUBTFUL);

/** The text of a job beside its other facts: to read and hear along. Everything else that can be done with it is on the transcript's own page. */
export function LiveText({ job, segments }: LiveTextProps) {
  const apiUrl = useApiUrl();
  const playback = usePlayback();
  const running = !isTerminal(job.state);
  const renderRow = useCallback(
    (segment: Segment, { heard }: { heard: boolean }) => (
      <SegmentRow segment={segment} heard={heard} playback={playback} />
    ),
    [playback],
  );
  return (
    <section className={classes.panel} aria-labelledby="transcript-title">
      <div className={classes.head}>
        <h2 id="transcript-title" className={classes.title}>
          Transcript
        </h2>
        {job.state === 'FAILED' && segments.length === 0 ? null : (
          <Button
            variant="default"
            size="compact-sm"
            renderRoot={(props) => <Link href={`/jobs/${encodeURIComponent(job.id)}/transcript`} {...props} />}
          >
            Open and edit
          </Button>
        )}
        <audio
          ref={playback.attach}
          className={classes.player}
          controls
          preload="metadata"
          crossOrigin="use-credentials"
          src={apiUrl + job.mediaPath}
          aria-label="Recording"
        />
      </div>
      <SegmentList
        segments={segments}
        playback={playback}
        growing={running}
        renderRow={renderRow}
        empty={<WaitingText state={job.state} />}
        footer={
          running && segments.length > 0 ? (
            <div className={classes.writing}>{job.state === 'PAUSED' ? 'Paused' : 'More is coming…'}</div>
          ) : null
        }
      />
      {segments.some(hasDoubt) ? (
        <div className={classes.legend}>
          <mark className={rows.doubtful}>Shaded words</mark> were recognised with little confidence. Click a word to
          hear it.
        </div>
      ) : null}
    </section>
  );
}
