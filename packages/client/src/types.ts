export type TranscriptionState =
  'QUEUED' | 'PREPARING' | 'TRANSCRIBING' | 'FINISHING' | 'PAUSED' | 'COMPLETED' | 'PARTIAL' | 'FAILED' | 'CANCELLED';
export type TranscriptionTask = 'TRANSCRIBE' | 'TRANSLATE';
export type TranscriptionPriority = 'LOW' | 'NORMAL' | 'HIGH';
export type ExportFormat = 'txt' | 'srt' | 'vtt' | 'words.vtt' | 'json' | 'csv' | 'lrc';

export interface Problem {
  code: string;
  message: string;
}

export interface Progress {
  /** 0 to 1. */
  fraction: number;
  committedSeconds: number;
  plannedSeconds: number;
  chunksDone: number;
  chunksTotal: number;
  /** Audio seconds transcribed per second of wall time; null until measured. */
  audioSecondsPerSecond: number | null;
  etaSeconds: number | null;
}

export interface Transcription {
  id: string;
  state: TranscriptionState;
  task: TranscriptionTask;
  priority: TranscriptionPriority;
  /** Present once finished, also when only part of the recording could be transcribed. */
  text: string | null;
  language: string | null;
  model: string | null;
  backend: string | null;
  device: string | null;
  audioSeconds: number | null;
  speechSeconds: number | null;
  inferenceSeconds: number;
  /** Wall time of the inference per second of audio: below 1 is faster than real time. */
  realTimeFactor: number | null;
  wordCount: number | null;
  error: Problem | null;
  warnings: Problem[];
  progress: Progress;
  lastSeq: number;
  /** ISO 8601. */
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  media: { id: string; filename: string; sizeBytes: number; durationSeconds: number | null };
}

export interface Segment {
  id: string;
  index: number;
  startSeconds: number;
  endSeconds: number;
  text: string;
}

export interface TranscriptWord {
  text: string;
  startSeconds: number;
  endSeconds: number;
  /** 0 to 1. */
  confidence: number;
}

export interface TranscriptSegment extends Segment {
  confidence: number;
  /** ISO 639-1, as it was heard here. */
  language: string | null;
  /** From 0, where channels were transcribed apart. */
  channel: number | null;
  words: TranscriptWord[];
}

export interface TranscriptionOptions {
  model?: string;
  backend?: string;
  device?: string;
  /** ISO 639-1, for example `de`. Detected when absent. */
  language?: string;
  task?: TranscriptionTask;
  wordTimes?: boolean;
  /** Names and terms that occur, for every part of the recording. */
  prompt?: string;
  /** SEPARATE transcribes each channel of a call by itself. */
  channelMode?: 'MIXED' | 'SEPARATE';
  priority?: TranscriptionPriority;
  presetId?: string;
  /** Equal keys give the same transcription: a call that is made again after a failure makes nothing twice. */
  idempotencyKey?: string;
}

/** All that is given must hold. */
export interface TranscriptionFilter {
  states?: TranscriptionState[];
  /** Part of the filename, or words of the text. */
  search?: string;
  language?: string;
  model?: string;
  backend?: string;
  priority?: TranscriptionPriority;
  hasError?: boolean;
  /** ISO 8601, inclusive. */
  createdAfter?: string;
  /** ISO 8601, exclusive. */
  createdBefore?: string;
}

export interface TranscriptionPage {
  nodes: Transcription[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** What happened to one transcription, in order. `seq` grows by one for each event. */
export type TranscriptionEvent =
  | { type: 'snapshot'; seq: number; transcription: Transcription; segments: Segment[] }
  | {
      type: 'state-changed';
      seq: number;
      state: TranscriptionState;
      error: Problem | null;
      transcription: Transcription;
    }
  | { type: 'segments-appended'; seq: number; segments: Segment[]; progress: Progress }
  | { type: 'progress-made'; seq: number; progress: Progress }
  | { type: 'segment-edited'; seq: number; segment: Segment }
  | { type: 'warning-raised'; seq: number; warning: Problem };

const TERMINAL_STATES: readonly TranscriptionState[] = ['COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED'];

/** Whether nothing more will happen by itself. */
export function isTerminal(state: TranscriptionState): boolean {
  return TERMINAL_STATES.includes(state);
}
