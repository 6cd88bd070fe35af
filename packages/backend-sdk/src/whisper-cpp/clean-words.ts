import type { UntimedWord } from './time-words.js';

/** A remark in round brackets is a few words long; more is something that was said. */
const REMARK_WORDS_MAX = 3;
const PHRASE_WORDS_MAX = 12;
/** How often a phrase may follow itself before it is a decoding loop; short phrases are repeated by people too. */
const REPEATS_MAX = { short: 6, long: 3 } as const;
const SHORT_PHRASE_WORDS_MAX = 2;

/** Drops what the model writes about sounds instead of speech: `[BLANK_AUDIO]`, `(music)`, `*sighs*`, `♪ … ♪`. */
export function dropNonSpeech(words: readonly UntimedWord[]): UntimedWord[] {
  const kept: UntimedWord[] = [];
  for (let at = 0; at < words.length;) {
    const length = remarkLength(words, at);
    const word = words[at];
    if (length === 0 && word !== undefined) kept.push(word);
    at += Math.max(1, length);
  }
  // What is left of a window may be nothing but dots and dashes.
  return kept.some(({ text }) => /[\p{L}\p{N}]/u.test(text)) ? kept : [];
}

/** How many words the remark takes that begins here; 0 when none does. */
function remarkLength(words: readonly UntimedWord[], start: number): number {
  const first = words[start]?.text ?? '';
  const closing = first.startsWith('[')
    ? /\][.,!?]*$/
    : first.startsWith('(')
      ? /\)[.,!?]*$/
      : /^[♪♫]/u.test(first)
        ? /[♪♫]$/u
        : /^\*./.test(first)
          ? /\*[.,!?]*$/
          : undefined;
  if (closing === undefined) return 0;
  const isMusic = /^[♪♫]/u.test(first);
  const opensAndCloses = [...first].length > 1 && closing.test(first);
  const from = isMusic && !opensAndCloses ? start + 1 : start;
  const end = words.findIndex(({ text }, position) => position >= from && closing.test(text));
  if (end === -1) return isMusic ? words.length - start : 0;
  const length = end - start + 1;
  return first.startsWith('[') || isMusic || length <= REMARK_WORDS_MAX ? length : 0;
}

/** Shortens decoding loops to one round. `repeatsRemoved` counts the rounds that went. */
export function breakLoops(words: readonly UntimedWord[]): {
  readonly words: UntimedWord[];
  readonly repeatsRemoved: number;
} {
  const kept: UntimedWord[] = [];
  let repeatsRemoved = 0;
  for (let at = 0; at < words.length;) {
    const loop = findLoop(words, at);
    if (loop === undefined) {
      const word = words[at];
      if (word !== undefined) kept.push(word);
      at += 1;
      continue;
    }
    kept.push(...words.slice(at, at + loop.phraseWords));
    at += loop.phraseWords * loop.rounds;
    repeatsRemoved += loop.rounds - 1;
  }
  return { words: kept, repeatsRemoved };
}

function findLoop(words: readonly UntimedWord[], start: number): { phraseWords: number; rounds: number } | undefined {
  for (let phraseWords = 1; phraseWords <= PHRASE_WORDS_MAX; phraseWords++) {
    let rounds = 1;
    while (isSamePhrase(words, start, start + rounds * phraseWords, phraseWords)) rounds += 1;
    if (rounds > (phraseWords <= SHORT_PHRASE_WORDS_MAX ? REPEATS_MAX.short : REPEATS_MAX.long)) {
      return { phraseWords, rounds };
    }
  }
  return undefined;
}

function isSamePhrase(words: readonly UntimedWord[], one: number, other: number, length: number): boolean {
  if (other + length > words.length) return false;
  for (let at = 0; at < length; at++) {
    if (spoken(words[one + at]) !== spoken(words[other + at])) return false;
  }
  return true;
}

function spoken(word: UntimedWord | undefined): string {
  const letters = (word?.text ?? '').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return letters === '' ? (word?.text ?? '') : letters;
}
