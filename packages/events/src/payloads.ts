import type { EventType, StoredError, TranscriptionPriority, TranscriptionState } from '@voice-transcriber/db';

/** How far a transcription was when the event was written. */
export interface ProgressPayload {
  /** Audio seconds whose text is stored. */
  readonly committedSeconds: number;
  /** Audio seconds of all windows in the plan. */
  readonly plannedSeconds: number;
  readonly chunksDone: number;
  readonly chunksTotal: number;
  /** 0..1; ahead of committed / planned by what the running windows report. */
  readonly fraction: number;
  /** Measured over the last minute; absent before the first committed window. */
  readonly audioSecondsPerSecond?: number;
  readonly etaSeconds?: number;
}

/** What each event carries. Small on purpose: segments are read from their table by window index. */
export interface EventPayloads {
  readonly 'transcription-created': { readonly priority: TranscriptionPriority };
  readonly 'state-changed': {
    readonly from: TranscriptionState | null;
    readonly state: TranscriptionState;
    readonly error?: StoredError;
  };
  readonly 'plan-made': {
    readonly audioSeconds: number;
    readonly speechSeconds: number;
    readonly plannedSeconds: number;
    readonly chunksTotal: number;
    readonly windowsTotal: number;
  };
  readonly 'progress-made': { readonly progress: ProgressPayload };
  readonly 'segments-appended': {
    readonly windowIndexes: readonly number[];
    readonly segmentCount: number;
    readonly progress: ProgressPayload;
  };
  readonly 'segment-edited': { readonly segmentId: string; readonly windowIndex: number; readonly revision: number };
  readonly 'attempt-failed': {
    readonly kind: 'prepare' | 'chunk' | 'finish';
    readonly chunkIndex?: number;
    readonly error: StoredError;
    /** Absent when it is not tried again. */
    readonly retryInSeconds?: number;
  };
  readonly 'warning-raised': { readonly warning: StoredError };
  readonly 'transcription-deleted': Readonly<Record<string, never>>;
}

/** A row of the events table, with the payload that its type promises. */
export type EventRow = {
  [Type in EventType]: {
    readonly id: number;
    readonly transcriptionId: string;
    readonly seq: number;
    readonly type: Type;
    readonly payload: EventPayloads[Type];
    readonly createdAt: Date;
    /** When it was read, on the database's clock: how old it was. */
    readonly ageSeconds: number;
  };
}[EventType];
