import type { Segment } from './job-state';

export interface SegmentPart {
  readonly text: string;
  /** Of the word that this part is; undefined for what stands between words. */
  readonly confidence?: number;
}

/**
 * Cuts a segment's text into its words and what stands between them.
 *
 * The text is the truth, and words are looked up in it: some backends put the space into the word and some do not, and not every language has spaces. A
 * segment whose words are not those of its text stays whole, with the confidence of the segment.
 */
export function splitSegment({ text, words, confidence }: Segment): readonly SegmentPart[] {
  const whole = text.trim();
  const parts: SegmentPart[] = [];
  let position = 0;
  for (const word of words) {
    const bare = word.text.trim();
    if (bare === '') continue;
    const start = whole.indexOf(bare, position);
    if (start < 0) return [{ text: whole, confidence }];
    if (start > position) parts.push({ text: whole.slice(position, start) });
    parts.push({ text: bare, confidence: word.confidence });
    position = start + bare.length;
  }
  if (parts.length === 0) return whole === '' ? [] : [{ text: whole, confidence }];
  return position < whole.length ? [...parts, { text: whole.slice(position) }] : parts;
}
