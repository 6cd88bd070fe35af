import { balanceCues } from './balance-cues.js';
import { timedPieces, type TimedPiece } from './timed-pieces.js';
import { speakerOf, type TranscriptSegment } from './transcript-document.js';
import { wrapLines } from './wrap-lines.js';

/** What is on the screen at once. Whole milliseconds, so that what is written is what was checked. */
export interface SubtitleCue {
  readonly startMilliseconds: number;
  /** After the start, at most the next cue's start. */
  readonly endMilliseconds: number;
  /** One or two. */
  readonly lines: readonly string[];
  /** What the lines are made of, with the times of each word. */
  readonly pieces: readonly TimedPiece[];
  /** Where channels were transcribed apart. */
  readonly speaker?: string | undefined;
}

export interface SubtitleRules {
  /** Characters of Latin script in a line; half as many of Chinese or Japanese. */
  readonly columnsMax: number;
  readonly linesMax: number;
  readonly cueSecondsMax: number;
  /** A shorter cue stays longer when nothing follows at once. */
  readonly cueSecondsMin: number;
  /** A pause inside a segment that ends the cue. */
  readonly pauseSeconds: number;
}

/** What broadcasters' guides agree on. */
export const SUBTITLE_RULES: SubtitleRules = {
  columnsMax: 42,
  linesMax: 2,
  cueSecondsMax: 7,
  cueSecondsMin: 0.8,
  pauseSeconds: 1.5,
};

interface DraftCue {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly lines: readonly string[];
  readonly pieces: readonly TimedPiece[];
}

/**
 * Cuts segments into cues: never two segments in one, at word times where there are any. In order, none of no length, and not overlapping, unless two channels
 * speak at once: players show both then.
 */
export function subtitleCues(
  segments: readonly TranscriptSegment[],
  rules: SubtitleRules = SUBTITLE_RULES,
): SubtitleCue[] {
  const channels = [...new Set(segments.map(({ channel }) => channel))];
  if (channels.length <= 1) return cuesOfChannel(segments, rules);
  return channels
    .flatMap((channel) =>
      cuesOfChannel(
        segments.filter((segment) => segment.channel === channel),
        rules,
      ),
    )
    .sort((left, right) => left.startMilliseconds - right.startMilliseconds);
}

function cuesOfChannel(segments: readonly TranscriptSegment[], rules: SubtitleRules): SubtitleCue[] {
  const speaker = segments[0] && speakerOf(segments[0]);
  const drafts = segments.flatMap((segment) => {
    const groups = groupPieces(timedPieces(segment, rules.columnsMax), rules);
    return balanceCues(groups, (pieces) => canBeCue(pieces, rules)).map((pieces) => draftCue(pieces, rules));
  });
  const cues = placeCues(drafts, rules);
  return speaker === undefined ? cues : cues.map((cue) => ({ ...cue, speaker }));
}

/** Fills each cue as far as the rules allow, but begins a new one after a sentence or a pause. */
function groupPieces(pieces: readonly TimedPiece[], rules: SubtitleRules): TimedPiece[][] {
  const groups: TimedPiece[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    if (group && staysTogether(group, piece, rules)) group.push(piece);
    else groups.push([piece]);
  }
  return groups;
}

/** What a cue may never break, balanced or not. */
function canBeCue(pieces: readonly TimedPiece[], rules: SubtitleRules): boolean {
  const seconds = (pieces.at(-1)?.endSeconds ?? 0) - (pieces[0]?.startSeconds ?? 0);
  const hasPause = pieces.some(
    ({ startSeconds }, position) =>
      startSeconds - (pieces[position - 1]?.endSeconds ?? startSeconds) >= rules.pauseSeconds,
  );
  return seconds <= rules.cueSecondsMax && !hasPause && wrapLines(pieces, rules) !== undefined;
}

const SENTENCE_END = /[.!?…。！？]["'”’»」』)\]]*$/u;

function staysTogether(group: readonly TimedPiece[], piece: TimedPiece, rules: SubtitleRules): boolean {
  const first = group[0] ?? piece;
  const last = group.at(-1) ?? piece;
  if (piece.startSeconds - last.endSeconds >= rules.pauseSeconds) return false;
  if (piece.endSeconds - first.startSeconds > rules.cueSecondsMax) return false;
  if (wrapLines([...group, piece], rules) === undefined) return false;
  // A short sentence may share the cue with the next, a full line may not.
  return !(SENTENCE_END.test(last.text) && (wrapLines(group, rules)?.length ?? 0) > 1);
}

function draftCue(pieces: readonly TimedPiece[], rules: SubtitleRules): DraftCue {
  const startSeconds = pieces[0]?.startSeconds ?? 0;
  return {
    startSeconds,
    endSeconds: pieces.at(-1)?.endSeconds ?? startSeconds,
    lines: wrapLines(pieces, rules) ?? pieces.map(({ text }) => text),
    pieces,
  };
}

function placeCues(drafts: readonly DraftCue[], { cueSecondsMin }: SubtitleRules): SubtitleCue[] {
  const cues: SubtitleCue[] = [];
  for (const [index, { startSeconds, endSeconds, lines, pieces }] of drafts.entries()) {
    const startMilliseconds = Math.max(toMilliseconds(startSeconds), cues.at(-1)?.endMilliseconds ?? 0);
    const nextStart = toMilliseconds(drafts[index + 1]?.startSeconds ?? endSeconds);
    const readable = Math.min(startMilliseconds + toMilliseconds(cueSecondsMin), nextStart);
    const endMilliseconds = Math.max(toMilliseconds(endSeconds), readable, startMilliseconds + 1);
    cues.push({ startMilliseconds, endMilliseconds, lines, pieces });
  }
  return cues;
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
