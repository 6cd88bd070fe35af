import type { Segment } from '@voice-transcriber/backend-sdk';
import { separatorBetween, tidy } from './spaceless-text.js';

/** The running text of segments: single spaces between them, none where the script has none. Only neighbours are looked at: hours have thousands. */
export function joinText(segments: readonly Pick<Segment, 'text'>[]): string {
  const pieces = segments.map(({ text }) => tidy(text)).filter((text) => text !== '');
  return pieces.map((piece, index) => separatorBetween(pieces[index - 1] ?? '', piece) + piece).join('');
}
