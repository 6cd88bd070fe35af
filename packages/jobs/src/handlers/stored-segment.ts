import type { Segment } from '@voice-transcriber/backend-sdk';
import type { SegmentRow } from '@voice-transcriber/db';

/** A segment as the contract has it, from its row. */
export function readSegment(row: SegmentRow): Segment {
  return {
    text: row.text,
    startSeconds: row.startSeconds,
    endSeconds: row.endSeconds,
    confidence: row.confidence,
    words: row.words.map(([text, startSeconds, endSeconds, confidence]) => ({
      text,
      startSeconds,
      endSeconds,
      confidence,
    })),
  };
}
