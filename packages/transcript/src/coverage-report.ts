import type { Segment } from '@voice-transcriber/backend-sdk';
import { subtractSpans, totalSeconds, type Span } from './spans.js';
import { findRepetitionLoops } from './repetition-loops.js';

export interface ReasonedSpan extends Span {
  /** For a person, with what was found. */
  readonly reason: string;
}

/** What a person should look at again. */
export interface CoverageReport {
  readonly speechSeconds: number;
  /** Of the speech, with text over it. */
  readonly coveredSeconds: number;
  /** Speech without text that is too long to be a pause. */
  readonly uncovered: readonly ReasonedSpan[];
  readonly loops: readonly ReasonedSpan[];
  readonly lowConfidence: readonly ReasonedSpan[];
}

/** The times of words and of speech come from different models: what lies this near to text belongs to it. */
const NEAR_SECONDS = 0.3;
const UNCOVERED_SECONDS_MIN = 1;
/** Below this a segment holds more wrong words than right ones in practice. */
const CONFIDENCE_MIN = 0.5;

/** Compares a transcript with where speech was found. The segments of one channel, in order; the spans do not overlap. */
export function reportCoverage(
  segments: readonly Pick<Segment, 'text' | 'startSeconds' | 'endSeconds' | 'confidence'>[],
  { speech }: { readonly speech: readonly Span[] },
): CoverageReport {
  const near = segments.map(({ startSeconds, endSeconds }) => ({
    startSeconds: startSeconds - NEAR_SECONDS,
    endSeconds: endSeconds + NEAR_SECONDS,
  }));
  const uncovered = speech.flatMap((span) => subtractSpans(span, near));
  const speechSeconds = totalSeconds(speech);
  return {
    speechSeconds,
    coveredSeconds: speechSeconds - totalSeconds(uncovered),
    uncovered: uncovered.flatMap(({ startSeconds, endSeconds }) => {
      const seconds = endSeconds - startSeconds;
      if (seconds < UNCOVERED_SECONDS_MIN) return [];
      return [{ startSeconds, endSeconds, reason: `${seconds.toFixed(1)} s of speech have no text` }];
    }),
    loops: findRepetitionLoops(segments).map(({ startSeconds, endSeconds, phrase, repetitions, evidence }) => ({
      startSeconds,
      endSeconds,
      reason:
        evidence === 'repeated-phrase'
          ? `"${phrase}" is repeated ${repetitions} times`
          : `"${phrase}" repeats itself nearly word by word`,
    })),
    lowConfidence: segments
      .filter(({ confidence }) => confidence < CONFIDENCE_MIN)
      .map(({ startSeconds, endSeconds, confidence }) => ({
        startSeconds,
        endSeconds,
        reason: `The engine is ${Math.round(confidence * 100)} % sure of it`,
      })),
  };
}
