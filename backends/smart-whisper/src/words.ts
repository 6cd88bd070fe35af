import type { NativeSegment, NativeToken } from './binding.js';
import type { UntimedWord } from './time-words.js';

/** A token that carries text, with the part of the text that belongs to it. */
interface TextToken {
  readonly text: string;
  readonly probability: number;
}

/** Scripts without spaces: each character stands for itself, and a word per character would be useless. */
const UNSPACED_SCRIPT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const UNSPACED_WORD_CHARACTERS_MAX = 4;
const CLOSING_PUNCTUATION = /^[\p{Pe}\p{Pf}.,:;!?%。、，．！？：；・…'"’”-]+$/u;

/** Words of a native segment. Text comes from the segment and not from the tokens, because a token may hold half a character. */
export function wordsOf(segment: NativeSegment, firstSpecialToken: number): UntimedWord[] {
  return groupTokens(alignTokens(segment, firstSpecialToken));
}

/**
 * Gives every token its part of the segment's text. Whole tokens are found in the text as they are; a run of mangled ones shares what lies between its
 * neighbours: the first of them takes it, the others only lend their probability.
 */
function alignTokens(segment: NativeSegment, firstSpecialToken: number): TextToken[] {
  const tokens = segment.tokens.filter(({ id }) => id < firstSpecialToken);
  const aligned: TextToken[] = [];
  let at = 0;
  for (let first = 0; first < tokens.length;) {
    let next = first;
    while (next < tokens.length && isMangled(tokens[next])) next += 1;
    const upTo = next < tokens.length ? segment.text.indexOf(tokens[next]?.text ?? '', at) : segment.text.length;
    if (next > first) {
      // The token after the run is not found when its text overlaps the run: then the run takes everything that is left.
      const end = upTo === -1 ? segment.text.length : upTo;
      aligned.push(toTextToken(tokens.slice(first, next), segment.text.slice(at, end)));
      at = end;
      first = next;
      continue;
    }
    const token = tokens[first];
    if (token === undefined) break;
    const text = segment.text.startsWith(token.text, at) ? token.text : segment.text.slice(at, at + token.text.length);
    aligned.push(toTextToken([token], text));
    at += text.length;
    first += 1;
  }
  return aligned.filter(({ text }) => text !== '');
}

function isMangled(token: NativeToken | undefined): boolean {
  return token?.text.includes('\uFFFD') ?? false;
}

function toTextToken(tokens: readonly NativeToken[], text: string): TextToken {
  return { text, probability: tokens.reduce((total, { p }) => total + p, 0) / tokens.length };
}

function groupTokens(tokens: readonly TextToken[]): UntimedWord[] {
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
