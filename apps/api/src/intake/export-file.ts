import {
  listSegments,
  type MediaRow,
  type Orm,
  type SegmentRow,
  type TranscriptionSummary,
} from '@voice-transcriber/db';
import {
  EXPORT_CONTENT_TYPES,
  exportExtension,
  exportTranscript,
  type ExportFormat,
  type TranscriptDocument,
} from '@voice-transcriber/transcript';
import { withExtension } from './display-filename.js';

export interface ExportedFile {
  readonly format: ExportFormat;
  readonly filename: string;
  readonly contentType: string;
  readonly body: string;
}

/** Writes the transcript of a finished transcription; undefined while there is none. A partial one has its gaps. */
export async function exportFile(
  orm: Orm,
  args: { readonly transcription: TranscriptionSummary; readonly media: MediaRow; readonly format: ExportFormat },
): Promise<ExportedFile | undefined> {
  const { transcription, media, format } = args;
  if (transcription.state !== 'completed' && transcription.state !== 'partial') return undefined;
  const segments = await listSegments(orm, { transcriptionId: transcription.id });
  const body = exportTranscript(format, toDocument({ transcription, media, segments }));
  const filename = withExtension(media.filename, exportExtension(format));
  return { format, filename, contentType: EXPORT_CONTENT_TYPES[format], body };
}

/** Stored rows as a transcript that can be written out. */
export function toDocument(stored: {
  readonly transcription: TranscriptionSummary;
  readonly media: MediaRow;
  readonly segments: readonly SegmentRow[];
}): TranscriptDocument {
  const { transcription, media, segments } = stored;
  return {
    title: media.filename,
    durationSeconds: transcription.audioSeconds ?? media.durationSeconds ?? segments.at(-1)?.endSeconds ?? 0,
    ...(transcription.language !== null && { language: transcription.language }),
    segments: segments.map(({ text, startSeconds, endSeconds, confidence, words, language, channel }) => ({
      text,
      startSeconds,
      endSeconds,
      confidence,
      ...(language !== null && { language }),
      ...(channel !== null && { channel }),
      words: words.map(([word, start, end, wordConfidence]) => ({
        text: word,
        startSeconds: start,
        endSeconds: end,
        confidence: wordConfidence,
      })),
    })),
  };
}
