import { expect, test } from 'vitest';
import { formatAge, formatBytes, formatClock, formatLanguage, formatPercent, formatSpan } from './format';

test('a place in a recording is written as a clock that shows hours only when there are any', () => {
  expect([0, 9.99, 75, 3675, 36_000].map(formatClock)).toEqual(['0:00', '0:09', '1:15', '1:01:15', '10:00:00']);
});

test('a length is written in the unit that people would say', () => {
  expect([0, 0.4, 8.2, 200, 60, 1260, 7500].map(formatSpan)).toEqual([
    '0 s',
    '< 1 s',
    '8 s',
    '3 min 20 s',
    '1 min',
    '21 min',
    '2 h 05 min',
  ]);
});

test('a size keeps three digits, and its unit says that it counts in powers of 1024', () => {
  expect([0, 999, 43_110, 148 * 2 ** 20, 1.26 * 2 ** 30].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '42.1 KiB',
    '148 MiB',
    '1.26 GiB',
  ]);
});

test('progress says 100 percent only when everything is done', () => {
  expect([0, 0.999, 1].map(formatPercent)).toEqual(['0 %', '99 %', '100 %']);
});

test('a recent moment is told by its age, an old one by its date', () => {
  const now = new Date('2026-03-02T12:00:00Z');
  expect(formatAge(new Date('2026-03-02T11:59:50Z'), now)).toBe('just now');
  expect(formatAge(new Date('2026-03-02T11:56:00Z'), now)).toBe('4 min ago');
  expect(formatAge(new Date('2026-03-02T09:00:00Z'), now)).toBe('3 h ago');
  expect(formatAge(new Date('2026-02-02T12:00:00Z'), now)).toContain('Feb 2026');
});

test('a language code becomes its name, and stays itself when it has none', () => {
  expect(formatLanguage('de')).toBe('German');
  expect(formatLanguage('not a code')).toBe('not a code');
});
