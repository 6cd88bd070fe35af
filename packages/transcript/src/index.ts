export {
  checkTranscript,
  TRANSCRIPT_PROBLEM_CODES,
  type CheckOptions,
  type Span,
  type TranscriptProblem,
  type TranscriptProblemCode,
  type TranscriptReport,
} from './check-transcript.js';
export {
  EXPORT_CONTENT_TYPES,
  EXPORT_FORMATS,
  exportTranscript,
  isExportFormat,
  type ExportFormat,
} from './export-transcript.js';
export { joinText } from './join-text.js';
export { mergeWindows, type MergedTranscript, type TranscribedWindow } from './merge-windows.js';
export { findRepetitionLoops, type RepetitionLoop } from './repetition-loops.js';
export { SUBTITLE_RULES, subtitleCues, type SubtitleCue, type SubtitleRules } from './subtitle-cues.js';
export type { TranscriptDocument } from './transcript-document.js';
