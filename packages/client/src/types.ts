export type TranscriptionState =
  'QUEUED' | 'PREPARING' | 'TRANSCRIBING' | 'FINISHING' | 'PAUSED' | 'COMPLETED' | 'PARTIAL' | 'FAILED' | 'CANCELLED';
export type TranscriptionTask = 'TRANSCRIBE' | 'TRANSLATE';
export type TranscriptionPriority = 'LOW' | 'NORMAL' | 'HIGH';
export type ExportFormat = 'txt' | 'srt' | 'vtt' | 'json' | 'csv' | 'lrc';

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
  media: { filename: string; sizeBytes: number; durationSeconds: number | null };
}

export interface Segment {
  id: string;
  index: number;
  startSeconds: number;
  endSeconds: number;
  text: string;
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
