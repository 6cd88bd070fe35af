import { cutSpan, type MillisecondSpan } from './cut-span.js';
import type { EnergyEnvelope } from './energy-envelope.js';
import type { Span } from './span.js';

/** The longest window that a Whisper encoder takes. */
export const WINDOW_SECONDS_MAX = 30;
/** Longer silence is left out of a window even where both sides would fit: models invent text in long silence. */
const JOINED_GAP_MILLISECONDS_MAX = 8000;

export interface PlannedWindow extends Span {
  /** Position in the whole recording, from 0. */
  readonly index: number;
  /** From 0, where channels are transcribed apart. */
  readonly channel?: number;
}

export interface PlannedChunk extends Span {
  /** From 0. */
  readonly index: number;
  readonly windows: readonly PlannedWindow[];
}

/** What is to be transcribed, decided before any inference. No speech: no chunks. */
export interface Plan {
  readonly chunks: readonly PlannedChunk[];
}

export interface PlanInput {
  readonly audioSeconds: number;
  /** Ordered spans of speech; undefined = not looked for, the whole recording is transcribed. */
  readonly speech: readonly Span[] | undefined;
  /** Short silences inside the speech, ordered. */
  readonly pauses: readonly Span[];
  readonly envelope: EnergyEnvelope;
  readonly chunkSeconds: number;
  readonly windowSecondsMax?: number;
}

/**
 * Cuts a recording into windows that fit the model, and groups them into chunks, the units of work.
 *
 * Windows are ordered, do not overlap and together cover all speech, so their transcripts can be appended without looking for repeated words. Neighbouring
 * spans share a window while they fit; a chunk begins and ends with its windows. All times are whole milliseconds, which are whole samples at 16 kHz. The
 * same input gives the same plan.
 */
export function planTranscription(input: PlanInput): Plan {
  const audioEnd = Math.floor(input.audioSeconds * 1000);
  const chunkLengthMax = Math.floor(input.chunkSeconds * 1000);
  const windowLengthMax = Math.min(chunkLengthMax, Math.floor((input.windowSecondsMax ?? WINDOW_SECONDS_MAX) * 1000));
  const spans = (input.speech ?? [{ startSeconds: 0, endSeconds: input.audioSeconds }])
    .map((span) => toMilliseconds(span, audioEnd))
    .filter((span) => span.end > span.start);
  const hints = { pauses: input.pauses.map((pause) => toMilliseconds(pause, audioEnd)), envelope: input.envelope };
  const pieces = spans.flatMap((span) => cutSpan(span, windowLengthMax, hints));
  const windows = joinPieces(pieces, windowLengthMax);
  return { chunks: groupWindows(windows, chunkLengthMax) };
}

/** Outwards, so that no sample of speech falls between two milliseconds. */
function toMilliseconds(span: Span, audioEnd: number): MillisecondSpan {
  return {
    start: Math.max(0, Math.floor(span.startSeconds * 1000)),
    end: Math.min(audioEnd, Math.ceil(span.endSeconds * 1000)),
  };
}

function joinPieces(pieces: readonly MillisecondSpan[], lengthMax: number): MillisecondSpan[] {
  const joined: MillisecondSpan[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    // Rounding outwards may let neighbours touch by a millisecond.
    const start = Math.max(piece.start, last?.end ?? 0);
    if (start >= piece.end) continue;
    if (last !== undefined && piece.end - last.start <= lengthMax && start - last.end <= JOINED_GAP_MILLISECONDS_MAX) {
      joined[joined.length - 1] = { start: last.start, end: piece.end };
    } else {
      joined.push({ start, end: piece.end });
    }
  }
  return joined;
}

function groupWindows(windows: readonly MillisecondSpan[], chunkLengthMax: number): PlannedChunk[] {
  const groups: PlannedWindow[][] = [];
  let chunkStart = 0;
  windows.forEach((window, index) => {
    const planned = { index, startSeconds: window.start / 1000, endSeconds: window.end / 1000 };
    const group = groups.at(-1);
    if (group !== undefined && window.end - chunkStart <= chunkLengthMax) {
      group.push(planned);
    } else {
      groups.push([planned]);
      chunkStart = window.start;
    }
  });
  return groups.map((group, index) => ({
    index,
    startSeconds: group[0]?.startSeconds ?? 0,
    endSeconds: group.at(-1)?.endSeconds ?? 0,
    windows: group,
  }));
}
