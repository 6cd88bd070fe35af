import { numbersToDigits } from './english-numbers.js';
import { americanSpelling } from './english-spelling.js';
import { removeSymbolsAndDiacritics } from './remove-symbols.js';

const FILLERS = ['hmm', 'mm', 'mhm', 'mmm', 'uh', 'um'];

/** Whole words, in the order in which they are replaced. */
const INFORMAL_WORDS: Readonly<Record<string, string>> = {
  "won't": 'will not',
  "can't": 'can not',
  "let's": 'let us',
  "ain't": 'aint',
  "y'all": 'you all',
  wanna: 'want to',
  kinda: 'kind of',
  sorta: 'sort of',
  dunno: 'do not know',
  gotta: 'got to',
  gonna: 'going to',
  "i'ma": 'i am going to',
  imma: 'i am going to',
  woulda: 'would have',
  coulda: 'could have',
  shoulda: 'should have',
  cause: 'because',
  "ma'am": 'madam',
};

const TITLES: Readonly<Record<string, string>> = {
  mr: 'mister',
  mrs: 'missus',
  st: 'saint',
  dr: 'doctor',
  prof: 'professor',
  capt: 'captain',
  gov: 'governor',
  ald: 'alderman',
  gen: 'general',
  sen: 'senator',
  rep: 'representative',
  pres: 'president',
  rev: 'reverend',
  hon: 'honorable',
  asst: 'assistant',
  assoc: 'associate',
  lt: 'lieutenant',
  col: 'colonel',
  jr: 'junior',
  sr: 'senior',
  esq: 'esquire',
};

/** Ends of words; the longer ones first, because they tell what the shorter ones leave open. */
const CONTRACTIONS: Readonly<Record<string, string>> = {
  "'d been": ' had been',
  "'s been": ' has been',
  "'d gone": ' had gone',
  "'s gone": ' has gone',
  "'d done": ' had done',
  "'s got": ' has got',
  "n't": ' not',
  "'re": ' are',
  "'s": ' is',
  "'d": ' would',
  "'ll": ' will',
  "'t": ' not',
  "'ve": ' have',
  "'m": ' am',
};

const NOT_AFTER_LETTER = '(?<![\\p{L}\\p{N}_])';
const NOT_BEFORE_LETTER = '(?![\\p{L}\\p{N}_])';

const fillers = new RegExp(`${NOT_AFTER_LETTER}(?:${FILLERS.join('|')})${NOT_BEFORE_LETTER}`, 'gu');
const replacements = [
  ...Object.entries(INFORMAL_WORDS).map(([word, written]) => [wholeWord(word), written] as const),
  ...Object.entries(TITLES).map(([word, written]) => [wholeWord(word), `${written} `] as const),
  ...Object.entries(CONTRACTIONS).map(
    ([end, written]) => [new RegExp(end + NOT_BEFORE_LETTER, 'gu'), written] as const,
  ),
];

function wholeWord(word: string): RegExp {
  return new RegExp(NOT_AFTER_LETTER + word + NOT_BEFORE_LETTER, 'gu');
}

/**
 * Brings English text to the form in which Whisper's published word error rates compare it (appendix C of its paper): lower case, without bracketed text,
 * fillers and punctuation, contractions written out, numbers in digits, American spelling.
 */
export function normalizeEnglish(text: string): string {
  let line = removeBracketed(text.toLowerCase()).replace(fillers, '').replace(/\s+'/g, "'");
  for (const [pattern, written] of replacements) line = line.replace(pattern, written);
  line = line.replace(/(\d),(\d)/g, '$1$2').replace(/\.([^0-9]|$)/g, ' $1');
  line = numbersToDigits(removeSymbolsAndDiacritics(line, '.%$¢€£'));
  line = line.split(' ').map(americanSpelling).join(' ');
  // Signs that belong to no number.
  line = line.replace(/[.$¢€£]([^0-9])/g, ' $1').replace(/([^0-9])%/g, '$1 ');
  return line.replace(/\s+/g, ' ').trim();
}

/** What stands in brackets was not said: `[laughs]`, `<noise>`, `(applause)`. */
export function removeBracketed(text: string): string {
  return text.replace(/[<[][^>\]]*[>\]]/g, '').replace(/\(([^)]+?)\)/g, '');
}
