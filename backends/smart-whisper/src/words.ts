import { groupTokens, type TextToken, type UntimedWord } from '@voice-transcriber/backend-sdk/whisper-cpp';
import type { NativeSegment, NativeToken } from './binding.js';

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
