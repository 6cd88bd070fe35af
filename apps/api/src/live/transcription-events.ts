import {
  findSegments,
  findTranscriptionSummaries,
  listSegments,
  listSegmentsOfWindows,
  type Database,
  type SegmentRow,
  type StoredError,
  type TranscriptionState,
  type TranscriptionSummary,
} from '@voice-transcriber/db';
import { followTranscription, type EventBell, type EventRow, type ProgressPayload } from '@voice-transcriber/events';
import type { Logger } from '@voice-transcriber/telemetry';
import { setTimeout as wait } from 'node:timers/promises';
import { coalesceProgress } from './coalesce-progress.js';

export type TranscriptionEvent =
  | {
      readonly __typename: 'TranscriptionSnapshot';
      readonly seq: number;
      readonly transcription: TranscriptionSummary;
      readonly segments: readonly SegmentRow[];
    }
  | { readonly __typename: 'ProgressMade'; readonly seq: number; readonly progress: ProgressPayload }
  | {
      readonly __typename: 'SegmentsAppended';
      readonly seq: number;
      readonly segments: readonly SegmentRow[];
      readonly progress: ProgressPayload;
    }
  | {
      readonly __typename: 'StateChanged';
      readonly seq: number;
      readonly state: TranscriptionState;
      readonly error: StoredError | null;
      readonly transcription: TranscriptionSummary;
    }
  | { readonly __typename: 'SegmentEdited'; readonly seq: number; readonly segment: SegmentRow }
  | { readonly __typename: 'WarningRaised'; readonly seq: number; readonly warning: StoredError };

export interface TranscriptionEventsOptions {
  readonly db: Database;
  readonly bell: EventBell;
  readonly logger: Logger;
  readonly transcriptionId: string;
  /** Last number that the subscriber has; undefined: begin with a snapshot. */
  readonly after: number | undefined;
  readonly signal: AbortSignal;
  /** Told of each event, but progress, that was written while it was followed: how long it took until the subscriber had it. */
  readonly onDelivered: (lagSeconds: number) => void;
}

/** An event with the moment of its writing, in milliseconds of this process's clock. Snapshots have none. */
type TimedEvent = TranscriptionEvent & { readonly writtenAt?: number };

const PROGRESS_INTERVAL_MILLISECONDS = 250;
const DATABASE_RETRY_MILLISECONDS = 500;
/** After so long without a database the subscriber is told; it may come back with its last number. */
const DATABASE_AWAY_MILLISECONDS_MAX = 60_000;

/** The stream of one transcription: a snapshot unless the subscriber resumes, then every event, progress at most four times a second. */
export async function* streamTranscriptionEvents(
  options: TranscriptionEventsOptions,
): AsyncGenerator<TranscriptionEvent, void, undefined> {
  const startedAt = performance.now();
  let afterSeq = options.after;
  if (afterSeq === undefined) {
    const snapshot = await readSnapshot(options);
    if (snapshot === undefined) return;
    afterSeq = snapshot.seq;
    yield snapshot;
  }
  const isProgress = ({ __typename }: TimedEvent): boolean => __typename === 'ProgressMade';
  const events = coalesceProgress(readOn(options, afterSeq), {
    isProgress,
    intervalMilliseconds: PROGRESS_INTERVAL_MILLISECONDS,
  });
  for await (const event of events) {
    yield event;
    // Whoever asks for the next one has taken this one.
    if (isProgress(event) || event.writtenAt === undefined || event.writtenAt < startedAt) continue;
    options.onDelivered((performance.now() - event.writtenAt) / 1000);
  }
}

/** Rides out a database that goes away: whatever was handed out is behind the number, so the next try neither repeats nor skips. */
async function* readOn(
  options: TranscriptionEventsOptions,
  afterSeq: number,
): AsyncGenerator<TimedEvent, void, undefined> {
  const { db, bell, logger, transcriptionId, signal } = options;
  let seq = afterSeq;
  let failingSince: number | undefined;
  while (!signal.aborted) {
    let replaced = false;
    try {
      for await (const row of followTranscription({ db, bell }, { transcriptionId, afterSeq: seq, signal })) {
        failingSince = undefined;
        const writtenAt = performance.now() - row.ageSeconds * 1000;
        // Old events are cleaned up: where some are missing the whole state replaces them.
        replaced = row.seq !== seq + 1;
        const event = replaced ? await readSnapshot(options) : await toTranscriptionEvent(options, row);
        seq = event?.seq ?? row.seq;
        if (event !== undefined) yield replaced ? event : { ...event, writtenAt };
        if (replaced) break;
      }
      if (!replaced) return;
    } catch (error) {
      if (signal.aborted) return;
      failingSince ??= Date.now();
      if (Date.now() - failingSince > DATABASE_AWAY_MILLISECONDS_MAX) throw error;
      logger.warn({ error, transcriptionId }, 'Events could not be read; trying again');
      await wait(DATABASE_RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function readSnapshot({
  db,
  transcriptionId,
}: TranscriptionEventsOptions): Promise<
  Extract<TranscriptionEvent, { __typename: 'TranscriptionSnapshot' }> | undefined
> {
  // One view for both reads: the number must say exactly which segments are in.
  return db.orm.transaction(
    async (transaction) => {
      const [transcription] = await findTranscriptionSummaries(transaction, { ids: [transcriptionId] });
      if (transcription === undefined) return undefined;
      const segments = await listSegments(transaction, { transcriptionId });
      return { __typename: 'TranscriptionSnapshot', seq: transcription.eventSeq, transcription, segments };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** Undefined for what a subscriber has no use for. */
async function toTranscriptionEvent(
  { db, transcriptionId }: TranscriptionEventsOptions,
  row: EventRow,
): Promise<TranscriptionEvent | undefined> {
  const { seq } = row;
  switch (row.type) {
    case 'progress-made':
      return { __typename: 'ProgressMade', seq, progress: row.payload.progress };
    case 'plan-made': {
      const { plannedSeconds, chunksTotal } = row.payload;
      const progress = { committedSeconds: 0, plannedSeconds, chunksDone: 0, chunksTotal, fraction: 0 };
      return { __typename: 'ProgressMade', seq, progress };
    }
    case 'segments-appended': {
      const { windowIndexes, progress } = row.payload;
      const segments = await listSegmentsOfWindows(db.orm, { transcriptionId, windowIndexes });
      return { __typename: 'SegmentsAppended', seq, segments, progress };
    }
    case 'segment-edited': {
      // As it is now: of two edits the later one is told twice. A text that was heard again meanwhile has its own event.
      const [segment] = await findSegments(db.orm, { ids: [row.payload.segmentId] });
      return segment && { __typename: 'SegmentEdited', seq, segment };
    }
    case 'transcription-created':
    case 'state-changed': {
      const [transcription] = await findTranscriptionSummaries(db.orm, { ids: [transcriptionId] });
      if (transcription === undefined) return undefined;
      const { state, error = null } = row.type === 'state-changed' ? row.payload : { state: 'queued' as const };
      return { __typename: 'StateChanged', seq, state, error, transcription };
    }
    case 'warning-raised':
      return { __typename: 'WarningRaised', seq, warning: row.payload.warning };
    case 'attempt-failed':
      return { __typename: 'WarningRaised', seq, warning: row.payload.error };
    case 'transcription-deleted':
      return undefined;
  }
}
