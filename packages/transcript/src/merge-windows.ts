import type { Segment, Word } from '@voice-transcriber/backend-sdk';
import { joinPieces, tidy } from './spaceless-text.js';

/** What one window of the plan came to. Times are seconds in the recording. */
export interface TranscribedWindow {
  /** Position in the plan. */
  readonly index: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly segments: readonly Segment[];
}

export interface MergedTranscript {
  /** Ordered, not overlapping, inside the recording, each longer than nothing, none without text. */
  readonly segments: Segment[];
  /** How many segments had times that could not be true and were moved. */
  readonly repairedCount: number;
}

/** A segment shorter than this cannot be seen or clicked: its words go to the one before. */
const SEGMENT_SECONDS_MIN = 0.02;
/** Rounding to milliseconds is no repair. */
const REPAIR_SECONDS_MIN = 0.001;

/**
 * Puts the results of all windows together. Every word is kept: impossible times are pulled into the window they came from, behind the segment before, and a
 * segment for which no time is left is appended to the one before. Windows may come in any order; the plan says that they do not overlap.
 */
export function mergeWindows(
  windows: readonly TranscribedWindow[],
  { durationSeconds }: { readonly durationSeconds: number },
): MergedTranscript {
  const merged: Segment[] = [];
  let repairedCount = 0;
  for (const window of [...windows].sort((left, right) => left.index - right.index)) {
    const endSecondsMax = floorMilliseconds(Math.min(window.endSeconds, durationSeconds));
    for (const segment of inOrder(window.segments)) {
      const previous = merged.at(-1);
      const startSecondsMin = Math.max(roundMilliseconds(window.startSeconds), previous?.endSeconds ?? 0);
      if (previous && endSecondsMax - startSecondsMin < SEGMENT_SECONDS_MIN) {
        merged[merged.length - 1] = append(previous, segment);
        repairedCount += 1;
        continue;
      }
      const fitted = fit(segment, startSecondsMin, Math.max(endSecondsMax, startSecondsMin + SEGMENT_SECONDS_MIN));
      if (wasMoved(segment, fitted)) repairedCount += 1;
      merged.push(fitted);
    }
  }
  return { segments: merged, repairedCount };
}

/** In order of time where times are numbers, else in the order that the backend gave. Those without text are left out. */
function inOrder(segments: readonly Segment[]): Segment[] {
  const spoken = segments.filter((segment) => tidy(segment.text) !== '');
  const sortable = spoken.every((segment) => Number.isFinite(segment.startSeconds));
  return sortable ? spoken.sort((left, right) => left.startSeconds - right.startSeconds) : spoken;
}

function fit(segment: Segment, startSecondsMin: number, endSecondsMax: number): Segment {
  const startSeconds = clamp(segment.startSeconds, startSecondsMin, endSecondsMax - SEGMENT_SECONDS_MIN);
  const endSeconds = clamp(segment.endSeconds, startSeconds + SEGMENT_SECONDS_MIN, endSecondsMax);
  return {
    text: tidy(segment.text),
    startSeconds,
    endSeconds,
    confidence: clampNumber(segment.confidence, 0, 1),
    words: fitWords(segment.words, startSeconds, endSeconds),
  };
}

/** Words may touch and may be of no length, but never run backwards or out of their segment. */
function fitWords(words: readonly Word[], startSecondsMin: number, endSecondsMax: number): Word[] {
  let earliest = startSecondsMin;
  return words
    .filter((word) => tidy(word.text) !== '')
    .map((word) => {
      const startSeconds = clamp(word.startSeconds, earliest, endSecondsMax);
      const endSeconds = clamp(word.endSeconds, startSeconds, endSecondsMax);
      earliest = endSeconds;
      return { text: tidy(word.text), startSeconds, endSeconds, confidence: clampNumber(word.confidence, 0, 1) };
    });
}

function append(previous: Segment, segment: Segment): Segment {
  const { endSeconds } = previous;
  return {
    ...previous,
    text: joinPieces(previous.text, tidy(segment.text)),
    confidence: Math.min(previous.confidence, clampNumber(segment.confidence, 0, 1)),
    words: [...previous.words, ...fitWords(segment.words, previous.words.at(-1)?.endSeconds ?? endSeconds, endSeconds)],
  };
}

function wasMoved(before: Segment, after: Segment): boolean {
  const moved = Math.max(
    Math.abs(before.startSeconds - after.startSeconds),
    Math.abs(before.endSeconds - after.endSeconds),
  );
  return !(moved <= REPAIR_SECONDS_MIN);
}

function clamp(seconds: number, min: number, max: number): number {
  return roundMilliseconds(clampNumber(seconds, min, max));
}

/** What is not a number becomes the lower bound. */
function clampNumber(value: number, min: number, max: number): number {
  return Number.isNaN(value) ? min : Math.min(Math.max(value, min), max);
}

function roundMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function floorMilliseconds(seconds: number): number {
  return Math.floor(seconds * 1000 + 1e-6) / 1000;
}
