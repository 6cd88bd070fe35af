/** Letters that Unicode does not take apart into a base and a mark. */
const BASE_LETTERS: Readonly<Record<string, string>> = {
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  æ: 'ae',
  Æ: 'AE',
  ß: 'ss',
  ẞ: 'SS',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'th',
  ł: 'l',
  Ł: 'L',
};

/**
 * Puts a space in place of symbols, punctuation and marks that do not melt into their letter. In the scripts of India and South-East Asia those are vowels, so
 * that words fall apart: so does Whisper's own normaliser, and only what is normalised alike can be compared with published rates.
 */
export function removeSymbols(text: string): string {
  return text.normalize('NFKC').replace(/[\p{M}\p{S}\p{P}]/gu, ' ');
}

/** Puts a space in place of symbols and punctuation other than those in `kept`, and takes the marks off letters. */
export function removeSymbolsAndDiacritics(text: string, kept: string): string {
  return Array.from(text.normalize('NFKD'), (character) => {
    if (kept.includes(character)) return character;
    if (/\p{Mn}/u.test(character)) return '';
    return BASE_LETTERS[character] ?? (/[\p{M}\p{S}\p{P}]/u.test(character) ? ' ' : character);
  }).join('');
}
