import { normalizeEnglish, removeBracketed } from './english-normalizer.js';
import { removeSymbols } from './remove-symbols.js';

/** Written without spaces between words: errors are counted by characters, as Whisper's paper does. */
const SPACELESS_LANGUAGES = ['ja', 'zh', 'yue', 'th', 'lo', 'my', 'km'];

/**
 * Brings a text to the form in which it is compared, words separated by single spaces. English has rules of its own; of other languages only case, punctuation
 * and bracketed text are taken away. `language` is an ISO 639-1 code, with or without a region.
 */
export function normalizeText(text: string, { language }: { readonly language: string }): string {
  const code = language.toLowerCase().split(/[-_]/)[0] ?? '';
  if (code === 'en') return normalizeEnglish(text);
  const line = removeSymbols(removeBracketed(text.toLowerCase())).toLowerCase();
  const spaced = SPACELESS_LANGUAGES.includes(code) ? graphemesOf(line).join(' ') : line;
  return spaced.replace(/\s+/gu, ' ').trim();
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function graphemesOf(text: string): string[] {
  return Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}
