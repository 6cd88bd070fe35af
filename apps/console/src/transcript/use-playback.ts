'use client';

import { notifications } from '@mantine/notifications';
import { useState, useSyncExternalStore } from 'react';
import type { Segment } from '../job/job-state';
import { createPlayback, type Playback } from './playback';
import { lastBegunAt } from './segment-at';

function explainRefusal(): void {
  notifications.show({
    id: 'cannot-play',
    color: 'red',
    title: 'This recording cannot be played here',
    message: 'This browser does not know its format. The transcript is not affected.',
  });
}

export function usePlayback(): Playback {
  const [playback] = useState(() => createPlayback(explainRefusal));
  return playback;
}

/** What `read` makes of the recording's place. Renders again only when that changes: it must be a plain value. */
export function usePlaybackValue<Value extends number | boolean | string>(
  playback: Playback,
  read: (playback: Playback) => Value,
): Value {
  return useSyncExternalStore(
    playback.subscribe,
    () => read(playback),
    () => read(playback),
  );
}

/** Position of the segment that is heard, or was heard last; -1 before the first and while the recording was never started. */
export function useHeardRow(playback: Playback, segments: readonly Segment[]): number {
  return usePlaybackValue(playback, ({ element, seconds, isPlaying }) =>
    !isPlaying() && (element()?.currentTime ?? 0) === 0 ? -1 : lastBegunAt(segments, seconds()),
  );
}
