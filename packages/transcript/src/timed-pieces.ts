import type { Segment, Word } from '@voice-transcriber/backend-sdk';
import { isSpaceless, tidy } from './spaceless-text.js';
import { columnsOf } from './wrap-lines.js';

/** The smallest piece of text that a cue is made of: a word, a character of a spaceless script, or a part of a word longer than a line. */
export interface TimedPiece {
  readonly text: string;
  /** Whether a space stands before it when it does not begin a line. */
  readonly spaced: boolean;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Cuts a segment into pieces of at most `columnsMax`. With word times each piece has its word's; else time is shared out by length. */
export function timedPieces(segment: Segment, columnsMax: number): TimedPiece[] {
  const words = wordsInText(segment);
  const whole = {
    text: tidy(segment.text),
    spaced: true,
    startSeconds: segment.startSeconds,
    endSeconds: segment.endSeconds,
  };
  return (words ?? [whole]).flatMap((piece) => share(piece, breakText(piece.text, columnsMax)));
}

/** The segment's words with the spaces and punctuation of its text, or undefined when the two do not agree. */
function wordsInText({ text, words }: Segment): TimedPiece[] | undefined {
  if (words.length === 0) return undefined;
  const line = tidy(text);
  const pieces: TimedPiece[] = [];
  let end = 0;
  for (const [position, word] of words.entries()) {
    const at = line.indexOf(tidy(word.text), end);
    if (at < 0) return undefined;
    const between = line.slice(end, at);
    end = at + tidy(word.text).length;
    const isLast = position === words.length - 1;
    pieces.push(pieceOf(word, between.trimStart() + line.slice(at, isLast ? line.length : end), /^\s/.test(between)));
  }
  return pieces;
}

function pieceOf({ startSeconds, endSeconds }: Word, text: string, spaced: boolean): TimedPiece {
  return { text, spaced, startSeconds, endSeconds };
}

/** Where a line may be broken: at spaces, between spaceless characters (not before punctuation), and inside what is longer than a line. */
function breakText(text: string, columnsMax: number): { text: string; spaced: boolean }[] {
  return text
    .split(' ')
    .flatMap((word, wordIndex) =>
      breakWord(word, columnsMax).map((part, partIndex) => ({ text: part, spaced: wordIndex > 0 && partIndex === 0 })),
    );
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const CLOSING = /^[\p{Pe}\p{Pf}\p{Po}\p{Pd}ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々]/u;
const OPENING = /[\p{Ps}\p{Pi}]$/u;

function breakWord(word: string, columnsMax: number): string[] {
  const parts: string[] = [];
  for (const { segment: grapheme } of GRAPHEMES.segment(word)) {
    const current = parts.at(-1);
    const mayBreak =
      current === undefined ||
      columnsOf(current + grapheme) > columnsMax ||
      ((isSpaceless(grapheme) || isSpaceless(current.slice(-1))) && !CLOSING.test(grapheme) && !OPENING.test(current));
    if (mayBreak) parts.push(grapheme);
    else parts[parts.length - 1] = current + grapheme;
  }
  return parts;
}

function share(whole: TimedPiece, parts: readonly { text: string; spaced: boolean }[]): TimedPiece[] {
  const lengthTotal = parts.reduce((total, { text }) => total + text.length, 0);
  const secondsPerCharacter = (whole.endSeconds - whole.startSeconds) / Math.max(1, lengthTotal);
  let passed = 0;
  return parts.map(({ text, spaced }, index) => {
    const startSeconds = whole.startSeconds + passed * secondsPerCharacter;
    passed += text.length;
    const isLast = index === parts.length - 1;
    const endSeconds = isLast ? whole.endSeconds : whole.startSeconds + passed * secondsPerCharacter;
    return { text, spaced: index === 0 ? whole.spaced : spaced, startSeconds, endSeconds };
  });
}
