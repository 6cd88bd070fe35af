'use client';

import { ActionIcon, SegmentedControl } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconRewindBackward5, IconRewindForward5 } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { useApiUrl } from '../api/api-context';
import type { Job, Segment } from '../job/job-state';
import { formatClock } from '../ui/format';
import type { Playback } from './playback';
import { SpanLane } from './span-lane';
import type { TranscriptFacts } from './use-transcript-facts';
import { usePlaybackValue } from './use-playback';
import { Waveform } from './waveform';
import classes from './waveform.module.css';
import { channelLanes, coverageLane } from './lanes';

interface PlayerPanelProps {
  readonly job: Job;
  readonly segments: readonly Segment[];
  readonly facts: TranscriptFacts | undefined;
  readonly playback: Playback;
  /** Called when the listener goes to another place of the recording. */
  readonly onJump: () => void;
}

const SKIP_SECONDS = 5;
const RATES = ['0.75', '1', '1.5', '2'] as const;

function Clock({ playback, durationSeconds }: { playback: Playback; durationSeconds: number }) {
  const second = usePlaybackValue(playback, ({ seconds }) => Math.floor(seconds()));
  return (
    <span className={`${classes.clock} numeric`}>
      <strong>{formatClock(second)}</strong> / {formatClock(durationSeconds)}
    </span>
  );
}

/** The recording: its shape, what was found in it, and the buttons to hear it. */
export function PlayerPanel({ job, segments, facts, playback, onJump }: PlayerPanelProps) {
  const apiUrl = useApiUrl();
  const [media, setMedia] = useState<HTMLAudioElement>();
  const [rate, setRate] = useState<string>('1');
  const playing = usePlaybackValue(playback, ({ isPlaying }) => isPlaying());
  const durationSeconds = job.audioSeconds ?? job.media.durationSeconds ?? 0;
  const attach = useCallback(
    (element: HTMLAudioElement | null) => {
      playback.attach(element);
      setMedia(element ?? undefined);
    },
    [playback],
  );
  const changeRate = (next: string) => {
    setRate(next);
    const element = playback.element();
    if (element !== undefined) element.playbackRate = Number(next);
  };
  const skip = (seconds: number) => {
    playback.seek(playback.seconds() + seconds);
    onJump();
  };

  return (
    <div className={classes.frame}>
      <audio ref={attach} preload="metadata" crossOrigin="use-credentials" src={apiUrl + job.mediaPath} />
      <Waveform
        peaks={facts?.waveform?.peaks}
        durationSeconds={durationSeconds}
        playback={playback}
        media={media}
        onJump={onJump}
      />
      <CoverageLane facts={facts} durationSeconds={durationSeconds} />
      {facts?.channelMode === 'SEPARATE' ? (
        <ChannelLanes segments={segments} durationSeconds={durationSeconds} />
      ) : null}
      <div className={classes.controls}>
        <ActionIcon variant="default" size={34} aria-label="Back 5 seconds" onClick={() => skip(-SKIP_SECONDS)}>
          <IconRewindBackward5 size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon size={38} radius="xl" aria-label={playing ? 'Pause' : 'Play'} onClick={playback.toggle}>
          {playing ? <IconPlayerPause size={18} aria-hidden /> : <IconPlayerPlay size={18} aria-hidden />}
        </ActionIcon>
        <ActionIcon variant="default" size={34} aria-label="On 5 seconds" onClick={() => skip(SKIP_SECONDS)}>
          <IconRewindForward5 size={18} aria-hidden />
        </ActionIcon>
        <Clock playback={playback} durationSeconds={durationSeconds} />
        <SegmentedControl
          size="xs"
          aria-label="Speed"
          value={rate}
          onChange={changeRate}
          data={RATES.map((value) => ({ value, label: `${value}×` }))}
        />
      </div>
    </div>
  );
}

function CoverageLane({ facts, durationSeconds }: { facts: TranscriptFacts | undefined; durationSeconds: number }) {
  const spans = coverageLane(facts?.coverage ?? undefined);
  if (spans.length === 0) return null;
  return (
    <SpanLane spans={spans} durationSeconds={durationSeconds} label={`${spans.length} places worth another look`} />
  );
}

function ChannelLanes({ segments, durationSeconds }: { segments: readonly Segment[]; durationSeconds: number }) {
  return channelLanes(segments).map(({ channel, spans }) => (
    <SpanLane
      key={channel}
      spans={spans}
      durationSeconds={durationSeconds}
      caption={`Channel ${channel + 1}`}
      label={`Channel ${channel + 1}: ${spans.length} segments`}
    />
  ));
}
