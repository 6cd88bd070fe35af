import { exportCsv } from './export-csv.js';
import { exportLrc } from './export-lrc.js';
import { joinText } from './join-text.js';
import { joinPieces, tidy } from './spaceless-text.js';
import { subtitleCues, type SubtitleCue } from './subtitle-cues.js';
import { formatTimecode } from './timecode.js';
import type { TranscriptDocument } from './transcript-document.js';

export const EXPORT_FORMATS = ['txt', 'srt', 'vtt', 'json', 'csv', 'lrc'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** For the Content-Type header. */
export const EXPORT_CONTENT_TYPES: Readonly<Record<ExportFormat, string>> = {
  txt: 'text/plain; charset=utf-8',
  srt: 'application/x-subrip; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  lrc: 'text/plain; charset=utf-8',
};

export function isExportFormat(text: string): text is ExportFormat {
  return (EXPORT_FORMATS as readonly string[]).includes(text);
}

/** Writes a transcript out. A transcript without text is a valid, empty file of its format. */
export function exportTranscript(format: ExportFormat, transcript: TranscriptDocument): string {
  switch (format) {
    case 'txt':
      return exportText(transcript);
    case 'srt':
      return exportSrt(transcript);
    case 'vtt':
      return exportVtt(transcript);
    case 'json':
      return exportJson(transcript);
    case 'csv':
      return exportCsv(transcript.segments);
    case 'lrc':
      return exportLrc(transcript);
  }
}

/** A silence this long begins a new paragraph. */
const PARAGRAPH_PAUSE_SECONDS = 2;

function exportText({ segments }: TranscriptDocument): string {
  const paragraphs: string[] = [];
  let endSeconds = -Infinity;
  for (const segment of segments) {
    const startsParagraph = segment.startSeconds - endSeconds >= PARAGRAPH_PAUSE_SECONDS;
    if (startsParagraph) paragraphs.push(tidy(segment.text));
    else paragraphs[paragraphs.length - 1] = joinPieces(paragraphs.at(-1) ?? '', tidy(segment.text));
    endSeconds = segment.endSeconds;
  }
  return paragraphs
    .filter(Boolean)
    .map((paragraph) => `${paragraph}\n`)
    .join('\n');
}

function exportSrt({ segments }: TranscriptDocument): string {
  const blocks = subtitleCues(segments).map((cue, index) => {
    // SRT has no way to write an arrow that is text.
    const lines = cue.lines.map((line) => line.replaceAll('-->', '->'));
    return `${index + 1}\n${timing(cue, ',')}\n${lines.join('\n')}\n`;
  });
  return blocks.join('\n');
}

function exportVtt({ segments, title }: TranscriptDocument): string {
  const heading = title ? ` - ${tidy(title).replaceAll('-->', '->')}` : '';
  const blocks = subtitleCues(segments).map((cue) => `${timing(cue, '.')}\n${cue.lines.map(escapeVtt).join('\n')}\n`);
  return [`WEBVTT${heading}\n`, ...blocks].join('\n');
}

function timing({ startMilliseconds, endMilliseconds }: SubtitleCue, separator: '.' | ','): string {
  return `${formatTimecode(startMilliseconds, separator)} --> ${formatTimecode(endMilliseconds, separator)}`;
}

function escapeVtt(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function exportJson({ title, language, durationSeconds, segments }: TranscriptDocument): string {
  const document = { title, language, durationSeconds, text: joinText(segments), segments };
  return `${JSON.stringify(document, null, 2)}\n`;
}
