import { exportCsv } from './export-csv.js';
import { exportLrc } from './export-lrc.js';
import { joinText } from './join-text.js';
import { joinPieces, tidy } from './spaceless-text.js';
import { subtitleCues, type SubtitleCue } from './subtitle-cues.js';
import { formatTimecode } from './timecode.js';
import { speakerOf, type TranscriptDocument } from './transcript-document.js';

export const EXPORT_FORMATS = ['txt', 'srt', 'vtt', 'vtt_words', 'json', 'csv', 'lrc'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** For the Content-Type header. */
export const EXPORT_CONTENT_TYPES: Readonly<Record<ExportFormat, string>> = {
  txt: 'text/plain; charset=utf-8',
  srt: 'application/x-subrip; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
  vtt_words: 'text/vtt; charset=utf-8',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  lrc: 'text/plain; charset=utf-8',
};

/** What the name of a file of this format ends with. */
export function exportExtension(format: ExportFormat): string {
  return format === 'vtt_words' ? 'words.vtt' : format;
}

/** The format whose files end so; undefined when there is none. */
export function findExportFormat(extension: string): ExportFormat | undefined {
  return EXPORT_FORMATS.find((format) => exportExtension(format) === extension);
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
    case 'vtt_words':
      return exportWordVtt(transcript);
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
  let speaker: string | undefined;
  for (const segment of segments) {
    const isOther = speakerOf(segment) !== speaker;
    const startsParagraph = isOther || segment.startSeconds - endSeconds >= PARAGRAPH_PAUSE_SECONDS;
    speaker = speakerOf(segment);
    if (startsParagraph) paragraphs.push(`${speaker === undefined ? '' : `${speaker}: `}${tidy(segment.text)}`);
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
    const name = cue.speaker === undefined ? '' : `${cue.speaker}: `;
    return `${index + 1}\n${timing(cue, ',')}\n${name}${lines.join('\n')}\n`;
  });
  return blocks.join('\n');
}

function exportVtt(transcript: TranscriptDocument): string {
  return writeVtt(transcript, ({ lines }) => lines.map(escapeVtt));
}

/** With the time of each word in front of it, so that a player can follow along. */
function exportWordVtt(transcript: TranscriptDocument): string {
  return writeVtt(transcript, timedLines);
}

function writeVtt({ segments, title }: TranscriptDocument, linesOf: (cue: SubtitleCue) => readonly string[]): string {
  const heading = title ? ` - ${tidy(title).replaceAll('-->', '->')}` : '';
  const blocks = subtitleCues(segments).map((cue) => {
    const voice = cue.speaker === undefined ? '' : `<v ${cue.speaker}>`;
    return `${timing(cue, '.')}\n${voice}${linesOf(cue).join('\n')}\n`;
  });
  return [`WEBVTT${heading}\n`, ...blocks].join('\n');
}

/** A time inside a cue must lie behind its start and the time before it, and before its end; a word that has none such follows without. */
function timedLines({ lines, pieces, startMilliseconds, endMilliseconds }: SubtitleCue): string[] {
  let latest = startMilliseconds;
  let position = 0;
  return lines.map((line) => {
    let written = '';
    let end = 0;
    for (let piece = pieces[position]; piece !== undefined && end < line.length; piece = pieces[position]) {
      const at = line.indexOf(piece.text, end);
      if (at < 0) break;
      const milliseconds = Math.round(piece.startSeconds * 1000);
      const isTimed = milliseconds > latest && milliseconds < endMilliseconds;
      written +=
        line.slice(end, at) + (isTimed ? `<${formatTimecode(milliseconds, '.')}>` : '') + escapeVtt(piece.text);
      if (isTimed) latest = milliseconds;
      end = at + piece.text.length;
      position += 1;
    }
    return written + escapeVtt(line.slice(end));
  });
}

function timing({ startMilliseconds, endMilliseconds }: SubtitleCue, separator: '.' | ','): string {
  return `${formatTimecode(startMilliseconds, separator)} --> ${formatTimecode(endMilliseconds, separator)}`;
}

function escapeVtt(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function exportJson({ title, language, durationSeconds, segments }: TranscriptDocument): string {
  const named = segments.map((segment) => ({ ...segment, speaker: speakerOf(segment) }));
  const document = { title, language, durationSeconds, text: joinText(segments), segments: named };
  return `${JSON.stringify(document, null, 2)}\n`;
}
