import { joinPieces, tidy } from './spaceless-text.js';
import { subtitleCues } from './subtitle-cues.js';
import type { TranscriptDocument } from './transcript-document.js';

/** A player shows a line until the next one, so a longer silence gets an empty line. */
const EMPTY_LINE_PAUSE_MILLISECONDS = 2_000;

/** Lyrics with the time of each line: `[mm:ss.cc]text`, the cues of the subtitle rules on one line each. Minutes grow past two digits when they must. */
export function exportLrc({ title, segments, durationSeconds }: TranscriptDocument): string {
  const cues = subtitleCues(segments);
  const lines = cues.flatMap(({ startMilliseconds, endMilliseconds, lines: cueLines, speaker }, index) => {
    const name = speaker === undefined ? '' : `${speaker}: `;
    const line = timeTag(startMilliseconds) + name + withoutTags(cueLines.reduce(joinPieces, ''));
    const next = cues[index + 1]?.startMilliseconds ?? Infinity;
    return next - endMilliseconds >= EMPTY_LINE_PAUSE_MILLISECONDS ? [line, timeTag(endMilliseconds)] : [line];
  });
  const heading = title ? [`[ti:${withoutTags(tidy(title))}]`] : [];
  const length = `[length:${String(Math.floor(durationSeconds / 60)).padStart(2, '0')}:${String(Math.floor(durationSeconds % 60)).padStart(2, '0')}]`;
  return [...heading, length, ...lines].map((line) => `${line}\n`).join('');
}

function timeTag(milliseconds: number): string {
  const hundredths = Math.floor(milliseconds / 10);
  const two = (value: number) => String(value).padStart(2, '0');
  return `[${two(Math.floor(hundredths / 6_000))}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}]`;
}

/** The format has no escape: a bracket in the text would be read as a tag. */
function withoutTags(text: string): string {
  return text.replaceAll('[', '(').replaceAll(']', ')');
}
