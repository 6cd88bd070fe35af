import { deflateSync } from 'node:zlib';
import type { MediaRow, SegmentRow, TranscriptionSummary } from '@voice-transcriber/db';
import { exportTranscript, joinText } from '@voice-transcriber/transcript';
import { toDocument } from '../intake/export-file.js';
import type { SpeechOptions } from './parse-options.js';

export interface FinishedTranscription {
  readonly transcription: TranscriptionSummary;
  readonly media: MediaRow;
  readonly segments: readonly SegmentRow[];
}

export interface WrittenAnswer {
  readonly contentType: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/** The body in the format that was asked for, as OpenAI's API writes it. */
export function writeAnswer(
  finished: FinishedTranscription,
  { format, granularities }: Pick<SpeechOptions, 'format' | 'granularities'>,
): WrittenAnswer {
  const document = toDocument(finished);
  switch (format) {
    case 'text':
      return { contentType: TEXT_TYPE, body: `${joinText(document.segments)}\n` };
    case 'srt':
    case 'vtt':
      return { contentType: TEXT_TYPE, body: exportTranscript(format, document) };
    case 'json':
      return { contentType: JSON_TYPE, body: JSON.stringify({ text: joinText(document.segments) }) };
    case 'verbose_json':
      return { contentType: JSON_TYPE, body: JSON.stringify(verbose(finished, granularities)) };
  }
}

const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language' });

/**
 * Fields that only make sense inside Whisper's own decoder are derived from what is stored: `avg_logprob` is the logarithm of the segment's confidence,
 * `compression_ratio` is computed from the text as Whisper does. Token ids are not kept, and silence never becomes a segment.
 */
function verbose(
  { transcription, media, segments }: FinishedTranscription,
  granularities: SpeechOptions['granularities'],
): object {
  const { language, audioSeconds, options } = transcription;
  return {
    task: options.task,
    language: language === null ? null : (LANGUAGE_NAMES.of(language) ?? language).toLowerCase(),
    duration: audioSeconds ?? media.durationSeconds ?? 0,
    text: joinText(segments),
    ...(granularities.has('segment') && {
      segments: segments.map(({ text, startSeconds, endSeconds, confidence }, id) => ({
        id,
        seek: Math.round(startSeconds * 100),
        start: startSeconds,
        end: endSeconds,
        text,
        tokens: [],
        temperature: 0,
        avg_logprob: Math.log(Math.max(confidence, 1e-10)),
        compression_ratio: compressionRatio(text),
        no_speech_prob: 0,
      })),
    }),
    ...(granularities.has('word') && {
      words: segments.flatMap(({ words }) => words.map(([word, start, end]) => ({ word, start, end }))),
    }),
  };
}

/** Bytes of the text over bytes of its zlib form (openai/whisper, utils.py): far above 2 when it repeats itself. */
function compressionRatio(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length / deflateSync(bytes).length;
}
