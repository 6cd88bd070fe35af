import { POSITION_SECONDS } from '../checkpoint/hyper-parameters.js';
import { attentionMatrix, type AttentionRecord } from './attention-matrix.js';
import { alignRows } from './dynamic-time-warping.js';
import { longestPause, type Pause } from './pauses.js';
import type { TokenWord } from './split-words.js';

/** A word between two moments of its window. */
export interface TimedWord {
  /** With the space before it, if it has one. */
  readonly text: string;
  /** Seconds from the start of the window; start < end, and words do not overlap. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** 0..1 */
  readonly confidence: number;
}

/** No word is shown for less. */
const WORD_SECONDS_MIN = 0.02;

/** A word sounds for at least this long before the pause after it. */
const SPOKEN_SECONDS_MIN = 0.08;

/** How far from where attention puts a border a pause may lie to be that border: attention runs ahead of the voice more than behind it. */
const PAUSE_BEFORE_SECONDS = 0.3;
const PAUSE_AFTER_SECONDS = 0.6;

/** A punctuation mark that attention holds for this long is a pause, even if noise fills it. */
const NOISY_PAUSE_SECONDS = 0.5;

export interface TimingInput {
  readonly words: readonly TokenWord[];
  /** Of each token, 0..1. */
  readonly probabilities: readonly number[];
  readonly attention: AttentionRecord;
  readonly firstTextRow: number;
  readonly pauses: readonly Pause[];
  readonly durationSeconds: number;
}

/** Where attention puts a word: its start, and where its sound ends and punctuation or the next word begins. */
interface Aligned {
  readonly start: number;
  readonly end: number;
}

/**
 * Gives every word its time.
 *
 * The cheapest path through the attention of text and end of text tells at which frame each token begins (openai/whisper, timing.py). Attention knows the
 * order of words well but pauses badly: it lets a word begin in the pause before it. Borders between words therefore move to a pause nearby.
 */
export function timeWords(input: TimingInput): readonly TimedWord[] {
  const { words, probabilities, pauses, durationSeconds } = input;
  const aligned = alignWords(input);
  const first = aligned[0];
  if (first === undefined) return [];
  const starts = [findFirstStart(first, pauses)];
  const ends: number[] = [];
  aligned.forEach((word, index) => {
    const next = aligned[index + 1] ?? { start: durationSeconds, end: durationSeconds };
    const border = findBorder({ ...word, start: starts[index] as number }, next, pauses);
    ends.push(border.endSeconds);
    starts.push(border.startSeconds);
  });
  return spread(words, starts, ends, durationSeconds).map((span, index) => {
    const word = words[index] as TokenWord;
    const own = probabilities.slice(word.firstToken, word.firstToken + word.tokenCount);
    return { text: word.text, ...span, confidence: mean(own) };
  });
}

/** The first word does not begin in the pause that a window begins with. */
function findFirstStart(first: Aligned, pauses: readonly Pause[]): number {
  const leading = pauses.find((pause) => pause.startSeconds <= first.start && pause.endSeconds > first.start);
  return leading !== undefined && leading.endSeconds < first.end ? leading.endSeconds : first.start;
}

/** Where one word ends and the next begins. */
function findBorder(
  word: Aligned,
  next: Aligned,
  pauses: readonly Pause[],
): { endSeconds: number; startSeconds: number } {
  const earliest = Math.max(word.start + SPOKEN_SECONDS_MIN, word.end - PAUSE_BEFORE_SECONDS);
  const latest = Math.min(next.end, next.start + PAUSE_AFTER_SECONDS);
  const pause = longestPause(pauses, earliest, latest);
  if (pause !== undefined) return { endSeconds: pause.startSeconds, startSeconds: pause.endSeconds };
  const endSeconds = next.start - word.end < NOISY_PAUSE_SECONDS ? next.start : word.end;
  return { endSeconds, startSeconds: next.start };
}

/** Makes spans rise: each begins after the one before has ended, lasts at least a moment and leaves room for those that follow. */
function spread(
  words: readonly TokenWord[],
  starts: readonly number[],
  ends: readonly number[],
  durationSeconds: number,
): readonly { startSeconds: number; endSeconds: number }[] {
  const shortest = Math.min(WORD_SECONDS_MIN, durationSeconds / words.length);
  let earliest = 0;
  return words.map((_, index) => {
    const latestEnd = durationSeconds - (words.length - 1 - index) * shortest;
    const startSeconds = clamp(starts[index] as number, earliest, latestEnd - shortest);
    const endSeconds = clamp(ends[index] as number, startSeconds + shortest, latestEnd);
    earliest = endSeconds;
    return { startSeconds, endSeconds };
  });
}

/** Aligns every text token and the end of text to frames, and reads the words off. */
function alignWords({ words, attention, firstTextRow }: TimingInput): readonly Aligned[] {
  const { frames } = attention;
  const matrix = attentionMatrix(attention);
  const costs = matrix.subarray(firstTextRow * frames).map((value) => -value);
  const firstFrames = alignRows(costs, attention.rows.length - firstTextRow, frames);
  const startOf = (token: number): number =>
    (firstFrames[Math.min(token, firstFrames.length - 1)] as number) * POSITION_SECONDS;
  return words.map((word) => ({ start: startOf(word.firstToken), end: startOf(word.firstToken + word.spokenTokens) }));
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(value, highest));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
