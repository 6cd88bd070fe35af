import { stringify } from 'csv-stringify/sync';
import { tidy } from './spaceless-text.js';
import type { TranscriptSegment } from './transcript-document.js';

/**
 * One row per segment, RFC 4180, with a heading. Times are seconds with milliseconds, confidence is 0..1, channels count from 1 and are empty in a mix. A cell that a spreadsheet would take for a formula
 * gets an apostrophe in front, as its makers advise: what was said must not run when the file is opened.
 */
export function exportCsv(segments: readonly TranscriptSegment[]): string {
  const rows = segments.map(({ startSeconds, endSeconds, confidence, text, language, channel }) => [
    startSeconds.toFixed(3),
    endSeconds.toFixed(3),
    confidence.toFixed(3),
    tidy(text),
    language ?? '',
    channel === undefined ? '' : String(channel + 1),
  ]);
  return stringify([['start_seconds', 'end_seconds', 'confidence', 'text', 'language', 'channel'], ...rows], {
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
