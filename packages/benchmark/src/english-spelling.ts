import { createRequire } from 'node:module';

// Read by require, because JSON modules print a warning on the oldest Node that is supported.
const published = createRequire(import.meta.url)(
  'american-british-english-translator/data/british_spellings.json',
) as Readonly<Record<string, string>>;

/** What the published list lacks, or has the other way round. */
const additions: Readonly<Record<string, string>> = {
  cheque: 'check',
  cheques: 'checks',
  cypher: 'cipher',
  cyphers: 'ciphers',
  draughts: 'drafts',
  gaol: 'jail',
  storey: 'story',
  storeys: 'stories',
};

const americanSpellings = new Map([...Object.entries(published), ...Object.entries(additions)]);

/** The American spelling of a British one; any other word as it is. */
export function americanSpelling(word: string): string {
  return americanSpellings.get(word) ?? word;
}
