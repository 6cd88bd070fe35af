import type { Tokenizer } from '../vocabulary/tokenizer.js';

/** A stretch of tokens that is one word with its punctuation. */
export interface TokenWord {
  /** With the space before it, if it has one. */
  readonly text: string;
  readonly firstToken: number;
  /** Tokens up to the punctuation that follows the word: where the word stops sounding. */
  readonly spokenTokens: number;
  readonly tokenCount: number;
}

/** A character takes at most four bytes, each of which may be a token of its own. */
const CHARACTER_TOKENS_MAX = 4;
const REPLACEMENT = '\uFFFD';
const PUNCTUATION_ONLY = /^[\p{P}\p{S}]+$/u;
const OPENING_ONLY = /^\s?[\p{Ps}\p{Pi}"'¿¡-]+$/u;

interface Piece {
  readonly text: string;
  readonly firstToken: number;
  readonly tokenCount: number;
}

/**
 * Groups tokens to words.
 *
 * A word begins at a space, or in languages without spaces (`spaced` false) at every character. Punctuation without a space before it belongs to the word
 * before; opening punctuation to the word after.
 */
export function splitWords(tokens: readonly number[], tokenizer: Tokenizer, spaced: boolean): readonly TokenWord[] {
  const words: { text: string; firstToken: number; spokenTokens: number; tokenCount: number }[] = [];
  for (const { text, firstToken, tokenCount } of splitCharacters(tokens, tokenizer)) {
    const word = words.at(-1);
    const isPunctuation = PUNCTUATION_ONLY.test(text);
    const joins =
      word !== undefined && (isPunctuation || (spaced && !/^\s/.test(text)) || OPENING_ONLY.test(word.text));
    if (!joins) {
      words.push({ text, firstToken, spokenTokens: tokenCount, tokenCount });
      continue;
    }
    word.text += text;
    word.tokenCount += tokenCount;
    // "3.5" sounds to its end; "end." does not.
    if (!isPunctuation) word.spokenTokens = word.tokenCount;
  }
  return words.filter((word) => word.text.trim() !== '');
}

/** Tokens in groups that are whole characters. */
function splitCharacters(tokens: readonly number[], tokenizer: Tokenizer): readonly Piece[] {
  const pieces: Piece[] = [];
  let firstToken = 0;
  for (let end = 1; end <= tokens.length; end++) {
    const text = tokenizer.decode(tokens.slice(firstToken, end));
    const incomplete = text.endsWith(REPLACEMENT) && end - firstToken < CHARACTER_TOKENS_MAX && end < tokens.length;
    if (incomplete) continue;
    pieces.push({ text, firstToken, tokenCount: end - firstToken });
    firstToken = end;
  }
  return pieces;
}
