import type { UntimedWord } from './time-words.js';

/** A piece of text as the decoder spoke it, with no character broken. */
export interface TextToken {
  readonly text: string;
  /** 0..1 */
  readonly probability: number;
}

/** Scripts without spaces: each character stands for itself, and a word per character would be useless. */
const UNSPACED_SCRIPT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const UNSPACED_WORD_CHARACTERS_MAX = 4;
const CLOSING_PUNCTUATION = /^[\p{Pe}\p{Pf}.,:;!?%。、，．！？：；・…'"’”-]+$/u;

/** Joins tokens to words: at spaces, and in scripts without them after a few characters or punctuation. */
export function groupTokens(tokens: readonly TextToken[]): UntimedWord[] {
  const groups: TextToken[][] = [];
  for (const token of tokens) {
    const group = groups.at(-1);
    if (group === undefined || startsWord(token.text, joined(group))) groups.push([token]);
    else group.push(token);
  }
  return groups.flatMap((group) => {
    const text = joined(group).trim();
    if (text === '') return [];
    // Punctuation trails its word: it counts for the text, not for how surely the word was heard.
    const spoken = group.filter(({ text: part }) => !CLOSING_PUNCTUATION.test(part.trim()));
    const heard = spoken.length > 0 ? spoken : group;
    return [
      {
        text,
        confidence: clamp(heard.reduce((total, { probability }) => total + probability, 0) / heard.length, 0, 1),
      },
    ];
  });
}

function startsWord(text: string, before: string): boolean {
  if (/^\s/.test(text) || /\s$/.test(before)) return true;
  if (!UNSPACED_SCRIPT.test(text) || CLOSING_PUNCTUATION.test(text)) return false;
  return CLOSING_PUNCTUATION.test(before.slice(-1)) || [...before].length >= UNSPACED_WORD_CHARACTERS_MAX;
}

function joined(tokens: readonly TextToken[]): string {
  return tokens.map(({ text }) => text).join('');
}

function clamp(value: number, least: number, most: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, least), most) : least;
}
