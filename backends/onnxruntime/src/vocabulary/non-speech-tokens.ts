import type { Tokenizer } from './tokenizer.js';

/** Symbols that annotate rather than speak: brackets, quotes, music (openai/whisper, tokenizer.py, `non_speech_tokens`). */
const SYMBOLS: readonly string[] = [
  ...'"#()*+/:;<=>@[\\]^_`{|}~「」『』',
  ...'<< >> <<< >>> -- --- -( -[ (\' (" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪'.split(' '),
];

/** These may be several tokens; the first is enough, as it stands for nothing but such symbols. */
const MUSIC_SYMBOLS: readonly string[] = [...'♩♪♫♬♭♮♯'];

/**
 * Tokens that would start an annotation such as "[DAVID]" or "♪♪♪". A hyphen or a quote stays allowed inside a word, not at its beginning.
 */
export function findNonSpeechTokens(tokenizer: Tokenizer): readonly number[] {
  const tokens = new Set<number>();
  const addFirst = (text: string): void => {
    const first = tokenizer.encode(text)[0];
    if (first !== undefined) tokens.add(first);
  };
  addFirst(' -');
  addFirst(" '");
  for (const symbol of SYMBOLS) {
    for (const text of [symbol, ` ${symbol}`]) {
      const token = tokenizer.find(text);
      if (token !== undefined) tokens.add(token);
    }
  }
  for (const symbol of MUSIC_SYMBOLS) {
    addFirst(symbol);
    addFirst(` ${symbol}`);
  }
  return [...tokens].sort((left, right) => left - right);
}
