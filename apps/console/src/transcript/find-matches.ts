import type { Segment } from '../job/job-state';

export interface FoundText {
  /** Position of its segment in the transcript. */
  readonly row: number;
  /** Characters of the segment's trimmed text; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

const MATCHES_MAX = 5000;

/** Every place of a text, in any case, in the order of reading. Stops at 5,000: more than anybody steps through. */
export function findText(segments: readonly Segment[], wanted: string): readonly FoundText[] {
  const needle = wanted.trim().toLowerCase();
  if (needle === '') return [];
  const found: FoundText[] = [];
  for (const [row, { text }] of segments.entries()) {
    const whole = text.trim();
    const lower = whole.toLowerCase();
    // A few letters change their length with their case: their places would not be those of the text.
    const haystack = lower.length === whole.length ? lower : whole;
    for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + needle.length)) {
      found.push({ row, start: at, end: at + needle.length });
      if (found.length === MATCHES_MAX) return found;
    }
  }
  return found;
}
