'use client';

import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type WaveSurfer from 'wavesurfer.js';
import { formatClock } from '../ui/format';
import type { Playback } from './playback';
import classes from './waveform.module.css';
import { usePlaybackValue } from './use-playback';

interface WaveformProps {
  /** Loudest sample of each step, 0..255; undefined while there are none. */
  readonly peaks: readonly number[] | undefined;
  readonly durationSeconds: number;
  readonly playback: Playback;
  /** The element that plays. Undefined until it is there. */
  readonly media: HTMLAudioElement | undefined;
  readonly onJump: () => void;
}

const HEIGHT_PIXELS = 72;
const PEAK_MAX = 255;
const STEP_SECONDS = 5;

function colourOf(place: HTMLElement, name: string): string {
  return getComputedStyle(place).getPropertyValue(name).trim();
}

/** The whole recording at a glance, from peaks that the server made: nothing is decoded here. A click goes there. */
export function Waveform({ peaks, durationSeconds, playback, media, onJump }: WaveformProps) {
  const scheme = useComputedColorScheme('light');
  const place = useRef<HTMLDivElement>(null);
  const second = usePlaybackValue(playback, ({ seconds }) => Math.floor(seconds()));

  useEffect(() => {
    if (peaks === undefined || media === undefined || durationSeconds <= 0) return undefined;
    let current = true;
    let wave: WaveSurfer | undefined;
    const draw = async () => {
      const { default: Wave } = await import('wavesurfer.js');
      if (!current || place.current === null) return;
      wave = Wave.create({
        container: place.current,
        media,
        peaks: [peaks.map((peak) => peak / PEAK_MAX)],
        duration: durationSeconds,
        height: HEIGHT_PIXELS,
        normalize: true,
        barWidth: 2,
        barGap: 1,
        barRadius: 1,
        cursorWidth: 2,
        waveColor: colourOf(place.current, '--wave'),
        progressColor: colourOf(place.current, '--accent'),
        cursorColor: colourOf(place.current, '--ink'),
        dragToSeek: { debounceTime: 40 },
        hideScrollbar: true,
      });
      wave.on('interaction', onJump);
    };
    void draw();
    return () => {
      current = false;
      wave?.destroy();
    };
  }, [peaks, durationSeconds, media, scheme, onJump]);

  const onKeyDown = (event: KeyboardEvent) => {
    const target =
      event.key === 'Home' ? 0 : event.key === 'End' ? durationSeconds : keyTarget(event.key, playback.seconds());
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    playback.seek(Math.min(target, durationSeconds));
    onJump();
  };

  return (
    <div
      ref={place}
      className={classes.wave}
      style={{ height: HEIGHT_PIXELS }}
      role="slider"
      tabIndex={0}
      aria-label="Place in the recording"
      aria-valuemin={0}
      aria-valuemax={Math.max(1, Math.floor(durationSeconds))}
      aria-valuenow={Math.min(second, Math.max(1, Math.floor(durationSeconds)))}
      aria-valuetext={`${formatClock(second)} of ${formatClock(durationSeconds)}`}
      onKeyDown={onKeyDown}
    />
  );
}

function keyTarget(key: string, seconds: number): number | undefined {
  if (key === 'ArrowRight' || key === 'ArrowUp') return seconds + STEP_SECONDS;
  if (key === 'ArrowLeft' || key === 'ArrowDown') return seconds - STEP_SECONDS;
  return undefined;
}
