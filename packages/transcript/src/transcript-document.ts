import type { Segment } from '@voice-transcriber/backend-sdk';

export interface TranscriptSegment extends Segment {
  /** ISO 639-1 */
  readonly language?: string | undefined;
  /** From 0, where channels were transcribed apart: each is a speaker then. */
  readonly channel?: number | undefined;
}

/** What a channel is called, for a person; undefined where channels were mixed. */
export function speakerOf({ channel }: Pick<TranscriptSegment, 'channel'>): string | undefined {
  return channel === undefined ? undefined : `Channel ${channel + 1}`;
}

/** A transcript as it is exported. */
export interface TranscriptDocument {
  /** The recording's name, for a person. */
  readonly title?: string | undefined;
  /** ISO 639-1 */
  readonly language?: string | undefined;
  /** Length of the recording. */
  readonly durationSeconds: number;
  /** Ordered, and not overlapping within a channel: as `mergeWindows` returns them. */
  readonly segments: readonly TranscriptSegment[];
}
