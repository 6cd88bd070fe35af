'use client';

import { notifications } from '@mantine/notifications';
import { useCallback, useRef, useState, type RefObject } from 'react';
import type { Segment } from './job-state';

export interface Player {
  readonly audio: RefObject<HTMLAudioElement | null>;
  readonly playingId: string | undefined;
  readonly playFrom: (seconds: number) => void;
  readonly onTimeUpdate: () => void;
}

function segmentAt(segments: readonly Segment[], seconds: number): Segment | undefined {
  return segments.findLast(({ startSeconds }) => startSeconds <= seconds + 0.05);
}

/** Plays the recording from a segment on and tells which one is heard. */
export function usePlayer(segments: readonly Segment[]): Player {
  const audio = useRef<HTMLAudioElement>(null);
  const [playingId, setPlayingId] = useState<string>();

  const onTimeUpdate = useCallback(() => {
    const element = audio.current;
    const heard =
      element === null || (element.paused && element.currentTime === 0)
        ? undefined
        : segmentAt(segments, element.currentTime);
    setPlayingId(heard?.id);
  }, [segments]);

  const playFrom = useCallback((seconds: number) => {
    const element = audio.current;
    if (element === null) return;
    element.currentTime = seconds;
    element.play().catch((error: unknown) => {
      // Pausing or seeking again before it has begun is no failure.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      notifications.show({
        id: 'cannot-play',
        color: 'red',
        title: 'This recording cannot be played here',
        message: 'This browser does not know its format. The transcript is not affected.',
      });
    });
  }, []);

  return { audio, playingId, playFrom, onTimeUpdate };
}
