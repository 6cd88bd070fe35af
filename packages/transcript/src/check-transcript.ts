import type { Segment } from '@voice-transcriber/backend-sdk';
import { findRepetitionLoops } from './repetition-loops.js';
import { lengthOf, subtractSpans, totalSeconds, type Span } from './spans.js';

export const TRANSCRIPT_PROBLEM_CODES = [
  'segment-out-of-bounds',
  'segment-out-of-order',
  'segment-without-text',
  'segment-without-length',
  'word-out-of-bounds',
  'repetition-loop',
  'speech-uncovered',
] as const;
export type TranscriptProblemCode = (typeof TRANSCRIPT_PROBLEM_CODES)[number];

export interface TranscriptProblem extends Span {
  readonly code: TranscriptProblemCode;
  /** For a person, with what was found. */
  readonly message: string;
}

export interface TranscriptReport {
  /** In order of time. */
  readonly problems: readonly TranscriptProblem[];
  /** How much of the speech has text over it, 0..1; 1 when there is no speech. */
  readonly coverage: number;
  readonly speechSecondsUncovered: number;
}

export interface CheckOptions {
  readonly durationSeconds: number;
  /** Where speech was found, such as the plan's windows. They do not overlap. */
  readonly speech: readonly Span[];
  /** Uncovered speech up to this long is a pause, not a gap. */
  readonly pauseSecondsMax?: number;
}

const PAUSE_SECONDS_MAX = 5;
/** Times are kept to the millisecond. */
const TOLERANCE_SECONDS = 0.0015;

/** Looks for what a transcript must not have: impossible times, loops, speech without text. Changes nothing. */
export function checkTranscript(segments: readonly Segment[], options: CheckOptions): TranscriptReport {
  const { pauseSecondsMax = PAUSE_SECONDS_MAX } = options;
  const uncovered = options.speech.flatMap((span) => subtractSpans(span, segments));
  const speechSeconds = totalSeconds(options.speech);
  const speechSecondsUncovered = totalSeconds(uncovered);
  const problems = [
    ...segments.flatMap((segment, index) => segmentProblems(segment, segments[index - 1], options)),
    ...findRepetitionLoops(segments).map((loop) =>
      problem('repetition-loop', loop, `"${loop.phrase}" is repeated ${loop.repetitions} times`),
    ),
    ...uncovered
      .filter((span) => lengthOf(span) > pauseSecondsMax)
      .map((span) => problem('speech-uncovered', span, `${lengthOf(span).toFixed(1)} s of speech have no text`)),
  ];
  return {
    problems: problems.sort((left, right) => left.startSeconds - right.startSeconds),
    coverage: speechSeconds === 0 ? 1 : 1 - speechSecondsUncovered / speechSeconds,
    speechSecondsUncovered,
  };
}

function segmentProblems(segment: Segment, previous: Segment | undefined, options: CheckOptions): TranscriptProblem[] {
  const found: TranscriptProblem[] = [];
  const { startSeconds, endSeconds } = segment;
  const outside = startSeconds < 0 || endSeconds > options.durationSeconds + TOLERANCE_SECONDS;
  if (outside)
    found.push(problem('segment-out-of-bounds', segment, `the recording ends at ${options.durationSeconds} s`));
  // Written so that what is not a number is a problem too.
  if (!(endSeconds > startSeconds)) {
    found.push(
      problem('segment-without-length', segment, `it ends at ${endSeconds} s and begins at ${startSeconds} s`),
    );
  }
  if (previous && !(startSeconds >= previous.endSeconds - TOLERANCE_SECONDS)) {
    found.push(problem('segment-out-of-order', segment, `the segment before it ends at ${previous.endSeconds} s`));
  }
  if (segment.text.trim() === '') found.push(problem('segment-without-text', segment, 'its text is empty'));
  let earliest = startSeconds - TOLERANCE_SECONDS;
  for (const word of segment.words) {
    const inside = word.startSeconds >= earliest && word.endSeconds >= word.startSeconds;
    if (!inside || word.endSeconds > endSeconds + TOLERANCE_SECONDS) {
      found.push(
        problem('word-out-of-bounds', segment, `"${word.text}" lies from ${word.startSeconds} to ${word.endSeconds} s`),
      );
      break;
    }
    earliest = word.endSeconds - TOLERANCE_SECONDS;
  }
  return found;
}

function problem(code: TranscriptProblemCode, { startSeconds, endSeconds }: Span, message: string): TranscriptProblem {
  return { code, startSeconds, endSeconds, message };
}
