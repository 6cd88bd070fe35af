import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeText } from './index.js';

interface GoldenCase {
  readonly language: string;
  readonly text: string;
  readonly normalized: string;
}

/** What the reference implementation (the PyPI package whisper-normalizer 0.1.15) makes of these lines, spaces tidied. */
const golden = JSON.parse(
  readFileSync(new URL('normalize-text.golden.json', import.meta.url), 'utf8'),
) as readonly GoldenCase[];

test.each(golden)(
  '"$text" ($language) comes out as in the reference implementation',
  ({ language, text, normalized }) => {
    expect(normalizeText(text, { language })).toBe(normalized);
  },
);

test('numbers in words and in digits compare equal', () => {
  const pairs = [
    ['twenty-five thousand three hundred and one', '25,301'],
    ['two and a half million dollars', '$2.5 million'],
    ['fifteen percent', '15%'],
    ['the twenty-first of May nineteen eighty-four', 'The 21st of May, 1984.'],
    ['one oh one', '101'],
  ] as const;
  for (const [words, digits] of pairs) {
    expect(normalizeText(words, { language: 'en' })).toBe(normalizeText(digits, { language: 'en' }));
  }
});

test('a number of no dollars is not taken for cents', () => {
  expect(normalizeText('zero dollars nineteen', { language: 'en' })).toBe('$0 19');
});

test('normal text stays as it is, whatever it was made from', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('de', 'ja', 'en'), (text, language) => {
      const normalized = normalizeText(text, { language });
      expect(normalized).toBe(normalized.trim());
      expect(normalized).not.toMatch(/\s\s|[A-Z!?"]/);
    }),
  );
});

test('in languages other than English letters keep the marks that are one with them', () => {
  expect(normalizeText('Größe, déjà vu!', { language: 'de-DE' })).toBe('größe déjà vu');
});
