'use client';

import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

const NEAR_END_PIXELS = 60;

export interface FollowEnd {
  readonly scrollArea: RefObject<HTMLDivElement | null>;
  readonly following: boolean;
  readonly onScroll: () => void;
  readonly follow: () => void;
}

/** Keeps the end of growing content in view until the reader scrolls up; again once they are back at the end. */
export function useFollowEnd(contentSize: number, active: boolean): FollowEnd {
  const scrollArea = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);

  const follow = useCallback(() => {
    setFollowing(true);
    const area = scrollArea.current;
    area?.scrollTo({ top: area.scrollHeight });
  }, []);

  const onScroll = useCallback(() => {
    const area = scrollArea.current;
    if (area !== null) setFollowing(area.scrollHeight - area.scrollTop - area.clientHeight < NEAR_END_PIXELS);
  }, []);

  useEffect(() => {
    const area = scrollArea.current;
    if (active && following && area !== null) area.scrollTo({ top: area.scrollHeight });
  }, [contentSize, active, following]);

  return { scrollArea, following, onScroll, follow };
}
