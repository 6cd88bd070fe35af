import type { Segment } from '@voice-transcriber/backend-sdk';

/** A transcript as it is exported. */
export interface TranscriptDocument {
  /** The recording's name, for a person. */
  readonly title?: string | undefined;
  /** ISO 639-1 */
  readonly language?: string | undefined;
  /** Length of the recording. */
  readonly durationSeconds: number;
  /** Ordered, not overlapping: as `mergeWindows` returns them. */
  readonly segments: readonly Segment[];
}
