'use client';

import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { followStream } from '../api/follow-stream';
import { TranscriptionEventsDocument } from '../api/job-documents';
import { applyJobEvent, type JobState, type Segment } from '../job/job-state';
import { compareRuns, type RunComparison } from './compare-runs';

/** The text of another run, as it is now. */
function useOtherRun(id: string | null): readonly Segment[] | undefined {
  const client = useClient();
  const [loaded, setLoaded] = useState<{ readonly id: string; readonly segments: readonly Segment[] }>();
  useEffect(() => {
    if (id === null) return undefined;
    let state: JobState | undefined;
    const stop = followStream({
      client,
      document: TranscriptionEventsDocument,
      variables: () => ({ id, after: null }),
      onData: ({ transcriptionEvents }) => {
        state = applyJobEvent(state, transcriptionEvents);
        if (state !== undefined) setLoaded({ id, segments: state.segments });
      },
      onStatus: () => undefined,
      isFinished: () => true,
    });
    return stop;
  }, [client, id]);
  return loaded?.id === id ? loaded?.segments : undefined;
}

/** This transcript beside another run of the same recording; undefined without one, and while it is being compared. */
export function useComparison(segments: readonly Segment[], otherId: string | null): RunComparison | undefined {
  const other = useOtherRun(otherId);
  const [comparison, setComparison] = useState<{ readonly id: string; readonly result: RunComparison }>();
  useEffect(() => {
    if (other === undefined || otherId === null) return undefined;
    const controller = new AbortController();
    const compare = async () => {
      const result = await compareRuns(segments, other, controller.signal);
      if (result !== undefined) setComparison({ id: otherId, result });
    };
    void compare();
    return () => controller.abort();
  }, [segments, other, otherId]);
  return comparison?.id === otherId ? comparison?.result : undefined;
}
