import type { Segment } from '@voice-transcriber/backend-sdk';
import { joinPieces, tidy } from './spaceless-text.js';

/** The running text of segments: single spaces between them, none where the script has none. */
export function joinText(segments: readonly Pick<Segment, 'text'>[]): string {
  return segments.reduce((text, segment) => joinPieces(text, tidy(segment.text)), '');
}
