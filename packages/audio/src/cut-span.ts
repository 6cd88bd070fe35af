import { ENVELOPE_STEP_SECONDS, type EnergyEnvelope } from './energy-envelope.js';

/** How far back from the latest possible place a quiet one is looked for when there is no pause. */
const QUIET_SEARCH_MILLISECONDS = 6000;
/** A longer pause close before the limit is worth more than the last short one. */
const PAUSE_SEARCH_MILLISECONDS = 10_000;
/** What is left behind the last cut is at least this long: a shorter stretch holds no word that a model could hear. */
const REST_MILLISECONDS_MIN = 1000;
const STEP_MILLISECONDS = ENVELOPE_STEP_SECONDS * 1000;

/** A stretch of the recording in whole milliseconds, so that neighbours meet exactly. */
export interface MillisecondSpan {
  readonly start: number;
  readonly end: number;
}

export interface CutHints {
  /** Short silences, ordered. */
  readonly pauses: readonly MillisecondSpan[];
  readonly envelope: EnergyEnvelope;
}

/**
 * Cuts a span into pieces of at most `lengthMax` that follow one another without gap or overlap. Each cut lies in the longest pause of the last 10 s, else
 * in the longest of the second half, else in the quietest tenth of a second of the last 6 s: a cut inside a word loses that word on both sides.
 */
export function cutSpan(span: MillisecondSpan, lengthMax: number, hints: CutHints): MillisecondSpan[] {
  const pieces: MillisecondSpan[] = [];
  let start = span.start;
  while (span.end - start > lengthMax) {
    const cut = findCut(start, span.end, lengthMax, hints);
    pieces.push({ start, end: cut });
    start = cut;
  }
  pieces.push({ start, end: span.end });
  return pieces;
}

function findCut(start: number, end: number, lengthMax: number, hints: CutHints): number {
  const latest = Math.max(start + lengthMax / 2, Math.min(start + lengthMax, end - REST_MILLISECONDS_MIN));
  const half = start + lengthMax / 2;
  const pause =
    findLongestPause(Math.max(half, latest - PAUSE_SEARCH_MILLISECONDS), latest, hints.pauses) ??
    findLongestPause(half, latest, hints.pauses);
  const cut = pause ?? findQuietest(Math.max(half, latest - QUIET_SEARCH_MILLISECONDS), latest, hints.envelope);
  return Math.round(cut);
}

function findLongestPause(from: number, to: number, pauses: readonly MillisecondSpan[]): number | undefined {
  let best: number | undefined;
  let bestLength = 0;
  for (let index = firstEndingAfter(from, pauses); index < pauses.length; index += 1) {
    const pause = pauses[index];
    if (pause === undefined || pause.start > to) break;
    const middle = (pause.start + pause.end) / 2;
    const length = pause.end - pause.start;
    if (middle < from || middle > to || length < bestLength) continue;
    best = middle;
    bestLength = length;
  }
  return best;
}

/** Binary search: hours of speech hold tens of thousands of pauses. */
function firstEndingAfter(time: number, pauses: readonly MillisecondSpan[]): number {
  let low = 0;
  let high = pauses.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((pauses[middle]?.end ?? Number.POSITIVE_INFINITY) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The middle of the quietest step that lies wholly inside; the latest of equals. */
function findQuietest(from: number, to: number, envelope: EnergyEnvelope): number {
  let best = to;
  let bestLevel = Number.POSITIVE_INFINITY;
  for (let step = Math.ceil(from / STEP_MILLISECONDS); (step + 1) * STEP_MILLISECONDS <= to; step += 1) {
    const level = envelope[step];
    if (level === undefined || level > bestLevel) continue;
    best = (step + 0.5) * STEP_MILLISECONDS;
    bestLevel = level;
  }
  return best;
}
