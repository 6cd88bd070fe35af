/** Scripts that are written without spaces between words, with their punctuation. Korean has spaces. */
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u3000-\u303f\uff00-\uffef]/u;

export function isSpaceless(character: string): boolean {
  return SPACELESS.test(character);
}

/** A space, or nothing where the script on either side does without. */
export function separatorBetween(left: string, right: string): string {
  const last = [...left.slice(-2)].at(-1) ?? '';
  const first = [...right.slice(0, 2)][0] ?? '';
  return last === '' || first === '' || isSpaceless(last) || isSpaceless(first) ? '' : ' ';
}

export function joinPieces(left: string, right: string): string {
  return left + separatorBetween(left, right) + right;
}

/** One line, single spaces. */
export function tidy(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
