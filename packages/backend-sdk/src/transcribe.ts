/** Whisper hears 16 kHz mono, nothing else. */
export const SAMPLE_RATE_HZ = 16_000;
/** The longest window that a Whisper encoder takes at once. */
export const WINDOW_SECONDS_MAX = 30;

/** A stretch of a recording, in seconds from its start. */
export interface TimeSpan {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** A stretch of audio to be transcribed on its own. It begins and ends in silence where the recording allows. */
export interface AudioWindow {
  /** Position in the plan of the chunk, from 0. */
  readonly index: number;
  /** Where the window begins in the recording, in seconds. Times of the result are relative to the recording. */
  readonly startSeconds: number;
  /** 16 kHz mono in -1..1, at most 30 s. */
  readonly samples: Float32Array;
  /**
   * Where in the window a voice was detected, ordered; undefined when nobody listened for voices. Models stop early or skip sentences: a backend may hear
   * again what of this got no words.
   */
  readonly speech?: readonly TimeSpan[];
}

export type TranscribeTask = 'transcribe' | 'translate';

export interface TranscribeOptions {
  readonly task: TranscribeTask;
  /** ISO 639-1, or undefined to detect. */
  readonly language?: string;
  readonly wordTimes: boolean;
  /** Vocabulary or style hint. */
  readonly prompt?: string;
  /** Options that only some backends know; an unknown one comes back as a warning. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface TranscribeRequest {
  readonly windows: readonly AudioWindow[];
  readonly options: TranscribeOptions;
}

export interface Word {
  /** With its punctuation, without surrounding spaces. */
  readonly text: string;
  /** Seconds in the recording. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Mean token probability, 0..1. */
  readonly confidence: number;
}

export interface Segment {
  readonly text: string;
  /** Seconds in the recording; startSeconds < endSeconds, both inside the window. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** 0..1 */
  readonly confidence: number;
  /** Empty unless word times were asked for and the backend has them. */
  readonly words: readonly Word[];
}

export interface WindowResult {
  /** The window's index. */
  readonly index: number;
  /** Detected or requested language, ISO 639-1; undefined when the window holds no speech. */
  readonly language?: string;
  /** 0..1, when detected. */
  readonly languageConfidence?: number;
  /** No speech is a success: an empty list. Ordered, not overlapping. */
  readonly segments: readonly Segment[];
  /** Wall seconds that the window took inside the model. */
  readonly inferenceSeconds: number;
}

export interface BackendWarning {
  /** `unknown-option`, `word-times-unavailable`, `times-repaired` … */
  readonly code: string;
  readonly message: string;
}

/** What a running transcription says. */
export type TranscriptPart =
  | { readonly type: 'window-final'; readonly result: WindowResult }
  | { readonly type: 'progress'; readonly windowIndex: number; readonly fraction: number }
  | { readonly type: 'warning'; readonly warning: BackendWarning };
