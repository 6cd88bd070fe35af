import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readSources, readWorkspaces, REPOSITORY, type SourceFile } from './workspaces.js';

/** The source that a relative import means: compiled names stand for sources. */
function resolveImport(from: string, specifier: string): string | undefined {
  const path = join(dirname(from), specifier);
  const stem = path.replace(/\.js$/, '');
  return [path, `${stem}.ts`, `${stem}.tsx`, join(path, 'index.ts'), join(path, 'index.tsx')].find(
    (candidate) => /\.(ts|tsx|mjs|js)$/.test(candidate) && existsSync(join(REPOSITORY, candidate)),
  );
}

/** Each circle once, as the way round from its first file in the alphabet. */
function findCircles(sources: readonly SourceFile[]): string[] {
  const imports = new Map(
    sources.map(({ path, imports: specifiers }) => [
      path,
      specifiers
        .filter((specifier) => specifier.startsWith('.'))
        .flatMap((specifier) => resolveImport(path, specifier) ?? []),
    ]),
  );
  const circles = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) circles.add([...trail.slice(at), path].join(' → '));
    if (at >= 0 || done.has(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of [...imports.keys()].sort()) visit(path, []);
  return [...circles];
}

test('a circle is found, also a longer one, and a diamond is none', () => {
  const file = (path: string, ...imports: string[]): SourceFile => ({ path, text: '', isTest: false, imports });
  const folder = 'test/architecture';
  const circle = [
    file(`${folder}/arrows.test.ts`, './workspaces.js'),
    file(`${folder}/workspaces.ts`, './sources.test.js'),
    file(`${folder}/sources.test.ts`, './arrows.test.js'),
  ];
  expect(findCircles(circle)).toHaveLength(1);
  const diamond = [
    file(`${folder}/arrows.test.ts`, './workspaces.js', './sources.test.js'),
    file(`${folder}/sources.test.ts`, './workspaces.js'),
    file(`${folder}/workspaces.ts`),
  ];
  expect(findCircles(diamond)).toEqual([]);
});

test('no files import each other in a circle, not even for their types', () => {
  expect(readWorkspaces().flatMap((workspace) => findCircles(readSources(workspace)))).toEqual([]);
});
