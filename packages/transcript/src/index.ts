export {
  checkTranscript,
  TRANSCRIPT_PROBLEM_CODES,
  type CheckOptions,
  type TranscriptProblem,
  type TranscriptProblemCode,
  type TranscriptReport,
} from './check-transcript.js';
export { countWords } from './count-words.js';
export { reportCoverage, type CoverageReport, type ReasonedSpan } from './coverage-report.js';
export {
  EXPORT_CONTENT_TYPES,
  EXPORT_FORMATS,
  exportTranscript,
  exportExtension,
  findExportFormat,
  type ExportFormat,
} from './export-transcript.js';
export { joinText } from './join-text.js';
export { mergeWindows, type MergedTranscript, type TranscribedWindow } from './merge-windows.js';
export { realignWords } from './realign-words.js';
export { findRepetitionLoops, type RepetitionLoop } from './repetition-loops.js';
export type { Span } from './spans.js';
export { SUBTITLE_RULES, subtitleCues, type SubtitleCue, type SubtitleRules } from './subtitle-cues.js';
export { speakerOf, type TranscriptDocument, type TranscriptSegment } from './transcript-document.js';
