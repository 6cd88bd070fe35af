import type { Word } from '@voice-transcriber/backend-sdk';
import { isSpaceless, tidy } from './spaceless-text.js';

/** A person wrote it. */
const WRITTEN_CONFIDENCE = 1;
const WORD_BOUNDARIES = new Intl.Segmenter(undefined, { granularity: 'word' });

interface TimedText {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly words: readonly Word[];
}

/**
 * Words of an edited text, timed by those of the text before: a word that is in both, whatever its case and punctuation, keeps its times and confidence; new
 * ones share the time between their neighbours by length. They stay in order and inside the segment. Without words before there are none after.
 */
export function realignWords(text: string, before: TimedText): Word[] {
  if (before.words.length === 0) return [];
  const written = splitWords(text);
  const kept = matchWords(
    before.words.map((word) => keyOf(word.text)),
    written.map(keyOf),
  );
  const realigned: Word[] = [];
  for (let position = 0; position < written.length;) {
    const word = before.words[kept[position] ?? -1];
    if (word !== undefined) {
      realigned.push({ ...word, text: written[position] ?? word.text });
      position += 1;
      continue;
    }
    let end = position;
    while (end < written.length && kept[end] === undefined) end += 1;
    const startSeconds = realigned.at(-1)?.endSeconds ?? before.startSeconds;
    const next = before.words[kept[end] ?? -1];
    const endSeconds = Math.max(startSeconds, next?.startSeconds ?? before.endSeconds);
    realigned.push(...shareTime(written.slice(position, end), { startSeconds, endSeconds }));
    position = end;
  }
  return realigned;
}

/** At spaces, and at the word boundaries of Unicode where a script has none; punctuation stays with the word before it. */
function splitWords(text: string): string[] {
  return tidy(text)
    .split(' ')
    .filter((piece) => piece !== '')
    .flatMap((piece) => (isSpaceless(piece) ? splitSpaceless(piece) : [piece]));
}

function splitSpaceless(piece: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of WORD_BOUNDARIES.segment(piece)) {
    if (isWordLike === true || words.length === 0) words.push(segment);
    else words[words.length - 1] += segment;
  }
  return words;
}

/** What two words are compared by; a word of nothing but punctuation is itself. */
function keyOf(word: string): string {
  const letters = word
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
  return letters === '' ? word : letters;
}

/** For each new word the position of the old one that it is, along the longest common subsequence. */
function matchWords(before: readonly string[], after: readonly string[]): (number | undefined)[] {
  const columns = after.length + 1;
  const lengths = new Uint16Array((before.length + 1) * columns);
  const lengthAt = (row: number, column: number): number => lengths[row * columns + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      lengths[row * columns + column] =
        before[row] === after[column]
          ? lengthAt(row + 1, column + 1) + 1
          : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1));
    }
  }
  const matched: (number | undefined)[] = after.map(() => undefined);
  let row = 0;
  let column = 0;
  while (row < before.length && column < after.length) {
    if (before[row] === after[column]) matched[column++] = row++;
    else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) row += 1;
    else column += 1;
  }
  return matched;
}

function shareTime(
  words: readonly string[],
  span: { readonly startSeconds: number; readonly endSeconds: number },
): Word[] {
  const characters = words.reduce((total, word) => total + word.length, 0);
  const secondsPerCharacter = (span.endSeconds - span.startSeconds) / Math.max(1, characters);
  let passed = 0;
  const at = (count: number): number => Math.round((span.startSeconds + count * secondsPerCharacter) * 1000) / 1000;
  return words.map((text) => {
    const startSeconds = Math.min(span.endSeconds, at(passed));
    passed += text.length;
    return { text, startSeconds, endSeconds: Math.min(span.endSeconds, at(passed)), confidence: WRITTEN_CONFIDENCE };
  });
}
