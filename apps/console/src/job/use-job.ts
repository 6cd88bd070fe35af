'use client';

import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { useClient } from 'urql';
import { useConsoleEvents } from '../api/console-stream';
import { followStream, type StreamStatus } from '../api/follow-stream';
import { TranscriptionEventsDocument } from '../api/job-documents';
import { isTerminal } from '../jobs/job-states';
import { applyJobEvent, type JobEvent, type JobState } from './job-state';

export interface LiveJob {
  /** Undefined until the first answer. */
  readonly state: JobState | undefined;
  readonly status: StreamStatus;
  /** Why there is no such job to show. */
  readonly refusal: string | undefined;
  readonly deleted: boolean;
}

type Action = JobEvent | 'reset';

function reduce(state: JobState | undefined, action: Action): JobState | undefined {
  return action === 'reset' ? undefined : applyJobEvent(state, action);
}

/** One job with its text, live until it ends; begins again when somebody retries it. */
export function useJob(id: string): LiveJob {
  const client = useClient();
  const [state, dispatch] = useReducer(reduce, undefined);
  const [status, setStatus] = useState<StreamStatus>('connecting');
  const [refusal, setRefusal] = useState<string>();
  const [deleted, setDeleted] = useState(false);
  const [round, setRound] = useState(0);
  const resumeFrom = useRef<number>(undefined);
  const finished = useRef(false);
  const consoleConnected = useRef(false);

  const onEvent = useCallback((event: JobEvent) => {
    resumeFrom.current = Math.max(
      event.seq,
      event.__typename === 'TranscriptionSnapshot' ? 0 : (resumeFrom.current ?? 0),
    );
    if (event.__typename === 'TranscriptionSnapshot') finished.current = isTerminal(event.transcription.state);
    if (event.__typename === 'StateChanged') finished.current = isTerminal(event.state);
    dispatch(event);
  }, []);

  useEffect(() => {
    return followStream({
      client,
      document: TranscriptionEventsDocument,
      variables: () => ({ id, after: resumeFrom.current ?? null }),
      onData: ({ transcriptionEvents }) => onEvent(transcriptionEvents),
      onStatus: setStatus,
      onRefused: (error) => setRefusal(error.graphQLErrors[0]?.message ?? error.message),
      isFinished: () => finished.current,
    });
  }, [client, id, round, onEvent]);

  useEffect(
    () => () => {
      resumeFrom.current = undefined;
      finished.current = false;
      dispatch('reset');
    },
    [id],
  );

  useConsoleEvents((event) => {
    // The console's stream has a heartbeat, this one has none: when that one had to connect again, this one does too, and resumes where it was.
    if (event.__typename === 'ConsoleSnapshot') {
      if (consoleConnected.current && !finished.current) setRound((current) => current + 1);
      consoleConnected.current = true;
    }
    if (event.__typename === 'TranscriptionDeleted' && event.id === id) setDeleted(true);
    // The stream of an ended job is closed. A retry opens a new one, from a new snapshot: the old text may be gone.
    if (event.__typename !== 'TranscriptionChanged' || event.transcription.id !== id) return;
    if (
      finished.current &&
      !isTerminal(event.transcription.state) &&
      event.transcription.lastSeq > (resumeFrom.current ?? 0)
    ) {
      resumeFrom.current = undefined;
      finished.current = false;
      setRound((current) => current + 1);
    }
    // Somebody edited the text of an ended job: what came since is read behind the last event.
    else if (finished.current && event.transcription.lastSeq > (resumeFrom.current ?? 0))
      setRound((current) => current + 1);
  });

  return { state, status, refusal, deleted };
}
