import { countEdits, type EditCounts } from './edit-counts.js';
import { graphemesOf, normalizeText } from './normalize-text.js';

export interface ErrorRate extends EditCounts {
  /** Substitutions, insertions and deletions together. */
  readonly errors: number;
  /** Errors over the length of the reference. Above 1 when much was invented; Infinity when all was, because the reference is empty. */
  readonly rate: number;
}

export interface WordErrorRate extends ErrorRate {
  /** Words of the reference after normalisation; characters where the language has no spaces. */
  readonly words: number;
}

export interface CharacterErrorRate extends ErrorRate {
  /** Characters of the reference after normalisation, spaces not counted. */
  readonly characters: number;
}

interface LanguageOption {
  /** ISO 639-1 */
  readonly language: string;
}

/** Compares a transcript with what was said, both brought to the same form first. */
export function wordErrorRate(reference: string, hypothesis: string, options: LanguageOption): WordErrorRate {
  const wordsOf = (text: string) => normalizeText(text, options).split(' ').filter(Boolean);
  const expected = wordsOf(reference);
  return { words: expected.length, ...compare(expected, wordsOf(hypothesis)) };
}

/** The same by characters, for languages where a word is hard to tell. */
export function characterErrorRate(reference: string, hypothesis: string, options: LanguageOption): CharacterErrorRate {
  const charactersOf = (text: string) => graphemesOf(normalizeText(text, options).replaceAll(' ', ''));
  const expected = charactersOf(reference);
  return { characters: expected.length, ...compare(expected, charactersOf(hypothesis)) };
}

function compare(expected: readonly string[], heard: readonly string[]): ErrorRate {
  const counts = countEdits(expected, heard);
  const errors = counts.substitutions + counts.insertions + counts.deletions;
  return { ...counts, errors, rate: errors === 0 ? 0 : errors / expected.length };
}
