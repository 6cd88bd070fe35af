import type { JobFieldsFragment, SegmentFieldsFragment, TranscriptionEventsSubscription } from '../gql/graphql';

export type Job = JobFieldsFragment;
export type Segment = SegmentFieldsFragment;
export type JobEvent = TranscriptionEventsSubscription['transcriptionEvents'];

export interface JobState {
  readonly job: Job;
  /** In the order of the recording, whatever the order in which they were made. */
  readonly segments: readonly Segment[];
  /** Number of the last event that is part of this state: where a lost stream resumes. */
  readonly seq: number;
}

const isBefore = (left: Segment, right: Segment): boolean =>
  left.startSeconds - right.startSeconds < 0 ||
  (left.startSeconds === right.startSeconds && (left.windowIndex - right.windowIndex || left.index - right.index) < 0);

const compare = (left: Segment, right: Segment): number => (isBefore(left, right) ? -1 : isBefore(right, left) ? 1 : 0);

/** Merges new segments by time. Chunks finish in any order, so a late one may belong in front of text that is already there. */
export function mergeSegments(known: readonly Segment[], arrived: readonly Segment[]): readonly Segment[] {
  if (arrived.length === 0) return known;
  const fresh = new Map(arrived.map((segment) => [segment.id, segment]));
  const kept = known.filter(({ id }) => !fresh.has(id));
  const added = [...fresh.values()].sort(compare);
  const [first] = added;
  const last = kept.at(-1);
  if (first !== undefined && (last === undefined || isBefore(last, first))) return [...kept, ...added];
  return [...kept, ...added].sort(compare);
}

/** Applies one event of the stream. An event that is already part of the state changes nothing. */
export function applyJobEvent(state: JobState | undefined, event: JobEvent): JobState | undefined {
  if (event.__typename === 'TranscriptionSnapshot') {
    return { job: event.transcription, segments: mergeSegments([], event.segments), seq: event.seq };
  }
  if (state === undefined || event.seq <= state.seq) return state;
  const { job, segments } = state;
  switch (event.__typename) {
    case 'SegmentsAppended':
      return {
        job: { ...job, progress: event.progress },
        segments: mergeSegments(segments, event.segments),
        seq: event.seq,
      };
    case 'ProgressMade':
      return { job: { ...job, progress: event.progress }, segments, seq: event.seq };
    case 'StateChanged':
      return { job: { ...event.transcription, state: event.state, error: event.error }, segments, seq: event.seq };
    case 'SegmentEdited':
      return { job, segments: mergeSegments(segments, [event.segment]), seq: event.seq };
    case 'WarningRaised':
      return { job: { ...job, warnings: [...job.warnings, event.warning] }, segments, seq: event.seq };
  }
}
