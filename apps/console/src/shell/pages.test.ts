import { expect, test } from 'vitest';
import { isCurrent, pagesFor } from './pages';

const offered = (scope: 'READ' | 'WRITE' | 'ADMIN'): string[] =>
  pagesFor(scope).flatMap(({ pages }) => pages.map(({ href }) => href));

test('a reader is not offered what would be refused', () => {
  expect(offered('READ')).not.toContain('/new');
  expect(offered('READ')).not.toContain('/settings');
  expect(offered('WRITE')).toContain('/new');
  expect(offered('WRITE')).not.toContain('/audit');
  expect(offered('ADMIN')).toEqual(expect.arrayContaining(['/new', '/settings', '/audit']));
});

test('no two pages share a key', () => {
  const keys = pagesFor('ADMIN').flatMap(({ pages }) => pages.map(({ key }) => key));
  expect(new Set(keys).size).toBe(keys.length);
});

test('a page below another marks that one, and a longer name does not', () => {
  expect(isCurrent('/jobs', '/jobs/abc')).toBe(true);
  expect(isCurrent('/jobs', '/jobsearch')).toBe(false);
});
