import type { Segment } from '../job/job-state';

export interface SegmentPart {
  readonly text: string;
  /** Of the word that this part is; undefined for what stands between words. */
  readonly confidence?: number;
  /** Position among the words of the segment; undefined for what is no word. */
  readonly word?: number;
  /** What is looked for: true where the search stands. */
  readonly found?: boolean;
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
  for (const [index, word] of words.entries()) {
    const bare = word.text.trim();
    if (bare === '') continue;
    const start = whole.indexOf(bare, position);
    if (start < 0) return [{ text: whole, confidence }];
    if (start > position) parts.push({ text: whole.slice(position, start) });
    parts.push({ text: bare, confidence: word.confidence, word: index });
    position = start + bare.length;
  }
  if (parts.length === 0) return whole === '' ? [] : [{ text: whole, confidence }];
  return position < whole.length ? [...parts, { text: whole.slice(position) }] : parts;
}

export interface TextRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly current: boolean;
}

/** Cuts the parts once more, at the borders of what was found. `ranges` are ascending, apart, and count characters of the joined parts. */
export function markRanges(parts: readonly SegmentPart[], ranges: readonly TextRange[]): readonly SegmentPart[] {
  if (ranges.length === 0) return parts;
  const marked: SegmentPart[] = [];
  let partStart = 0;
  for (const part of parts) {
    const partEnd = partStart + part.text.length;
    let position = partStart;
    const take = (end: number, range?: TextRange) => {
      if (end <= position) return;
      const text = part.text.slice(position - partStart, end - partStart);
      marked.push({ ...part, text, ...(range !== undefined && { found: range.current }) });
      position = end;
    };
    for (const range of ranges) {
      if (range.end <= partStart || range.start >= partEnd) continue;
      take(range.start);
      take(Math.min(range.end, partEnd), range);
    }
    take(partEnd);
    partStart = partEnd;
  }
  return marked;
}
