/**
 * GPT-2's splitting of text before pairs are merged (openai/tiktoken, the `gpt2` pattern): contractions, then words, numbers and punctuation with the
 * space before them, then spaces.
 */
const PIECES = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Text to tokens and back. Tokens are byte strings: a character may be spread over several. */
export interface Tokenizer {
  encode(text: string): number[];
  /** Ids without bytes (special tokens) give nothing; bytes that are not UTF-8 give U+FFFD. */
  decode(tokens: readonly number[]): string;
  /** The id of a byte string that is one token. */
  find(text: string): number | undefined;
}

/** `vocabulary` lists the bytes of each text token by id; a token's id is also the rank of its merge. */
export function createTokenizer(vocabulary: readonly Uint8Array[]): Tokenizer {
  const ranks = new Map<string, number>();
  vocabulary.forEach((bytes, id) => ranks.set(Buffer.from(bytes).toString('latin1'), id));
  const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  return {
    encode(text) {
      const tokens: number[] = [];
      for (const [piece] of text.matchAll(PIECES)) tokens.push(...mergePairs(bytesOf(piece), ranks));
      return tokens;
    },
    decode(tokens) {
      const pieces = tokens.map((token) => vocabulary[token]).filter((bytes) => bytes !== undefined);
      return Buffer.concat(pieces).toString('utf8');
    },
    find: (text) => ranks.get(bytesOf(text)),
  };
}

/** Merges the neighbouring pair of lowest rank until none is left; `bytes` holds one byte per character. */
function mergePairs(bytes: string, ranks: ReadonlyMap<string, number>): number[] {
  const whole = ranks.get(bytes);
  if (whole !== undefined) return [whole];
  const parts = [...bytes];
  for (;;) {
    let bestRank = Infinity;
    let bestPosition = -1;
    for (let position = 0; position + 1 < parts.length; position++) {
      const rank = ranks.get(`${parts[position]}${parts[position + 1]}`) ?? Infinity;
      if (rank < bestRank) {
        bestRank = rank;
        bestPosition = position;
      }
    }
    if (bestPosition < 0) break;
    parts.splice(bestPosition, 2, `${parts[bestPosition]}${parts[bestPosition + 1]}`);
  }
  return parts.map((part) => ranks.get(part)).filter((token) => token !== undefined);
}
