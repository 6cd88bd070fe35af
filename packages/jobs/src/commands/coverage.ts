import { listSegments, listSoundOutlines, listWindows, type Queryable, type SegmentRow } from '@voice-transcriber/db';
import { reportCoverage, type CoverageReport, type ReasonedSpan, type Span } from '@voice-transcriber/transcript';

/**
 * Compares a stored transcript with where speech was found, channel by channel. Where speech was not looked for, or outlines were not kept yet when the
 * recording was prepared, the planned windows count as speech.
 */
export async function readCoverage(
  db: Queryable,
  { transcriptionId }: { readonly transcriptionId: string },
): Promise<CoverageReport> {
  const segments = await listSegments(db, { transcriptionId });
  const speech = await readSpeech(db, transcriptionId);
  const reports = speech.map(({ channel, spans }) =>
    reportCoverage(
      segments.filter((segment) => (segment.channel ?? 0) === channel),
      { speech: spans },
    ),
  );
  const sum = (pick: (report: CoverageReport) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0);
  const join = (pick: (report: CoverageReport) => readonly ReasonedSpan[]): ReasonedSpan[] =>
    reports.flatMap(pick).sort((left, right) => left.startSeconds - right.startSeconds);
  return {
    speechSeconds: sum(({ speechSeconds }) => speechSeconds),
    coveredSeconds: sum(({ coveredSeconds }) => coveredSeconds),
    uncovered: join(({ uncovered }) => uncovered),
    loops: join(({ loops }) => loops),
    lowConfidence: join(({ lowConfidence }) => lowConfidence),
  };
}

interface ChannelSpeech {
  readonly channel: number;
  readonly spans: readonly Span[];
}

async function readSpeech(db: Queryable, transcriptionId: string): Promise<ChannelSpeech[]> {
  const outlines = await listSoundOutlines(db, { transcriptionId });
  if (outlines.length > 0 && outlines.every(({ speechMilliseconds }) => speechMilliseconds !== null)) {
    return outlines.map(({ channel, speechMilliseconds }) => ({ channel, spans: toSpans(speechMilliseconds ?? []) }));
  }
  const windows = await listWindows(db, { transcriptionId });
  const channels = [...new Set(windows.map(({ channel }) => channel ?? 0))];
  return channels.map((channel) => ({ channel, spans: windows.filter((window) => (window.channel ?? 0) === channel) }));
}

function toSpans(milliseconds: readonly number[]): Span[] {
  const spans: Span[] = [];
  for (let index = 0; index + 1 < milliseconds.length; index += 2) {
    spans.push({ startSeconds: (milliseconds[index] ?? 0) / 1000, endSeconds: (milliseconds[index + 1] ?? 0) / 1000 });
  }
  return spans;
}

/** Whether two stretches share more than a border. */
export function overlaps(one: Span, other: Pick<SegmentRow, 'startSeconds' | 'endSeconds'>): boolean {
  return one.startSeconds < other.endSeconds && other.startSeconds < one.endSeconds;
}
