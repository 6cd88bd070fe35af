import { statSync } from 'node:fs';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isGenerated, listFiles, readSources, readText, readWorkspaces, REPOSITORY } from './workspaces.js';

const workspaces = readWorkspaces();

test('every workspace and every folder at the top is on the map of ARCHITECTURE', () => {
  const map = readText('ARCHITECTURE.md');
  const hidden = ['node_modules', 'data', 'test-output', 'coverage'];
  const top = readdirSync(REPOSITORY, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !hidden.includes(entry.name))
    .map(({ name }) => name);
  const boxes = workspaces.filter(({ layer }) => layer !== 'test').map(({ folder }) => folder.split('/')[1] ?? '');
  expect([...top, ...boxes].filter((name) => !map.includes(`${name}/`))).toEqual([]);
});

/** Where the environment is touched beside packages/config, and why. */
const ENVIRONMENT_READERS: Readonly<Record<string, string>> = {
  'apps/api/src/http/spool-directory.ts': 'sets TMPDIR for the upload library, which knows no other way',
};

test('only the configuration reads the environment', () => {
  const readers = workspaces
    .filter(
      ({ folder, layer }) =>
        layer !== 'test' && !['packages/config', 'packages/testkit', 'apps/console'].includes(folder),
    )
    .flatMap((workspace) => readSources(workspace))
    .filter(
      ({ isTest, text }) => !isTest && /\bprocess\.env\b|\benv\b[^;]*from 'node:process'/.test(withoutComments(text)),
    )
    .map(({ path }) => path);
  expect(readers.filter((path) => !(path in ENVIRONMENT_READERS))).toEqual([]);
  expect(Object.keys(ENVIRONMENT_READERS).filter((path) => !readers.includes(path))).toEqual([]);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

const LINES_MAX = 250;
/** Longer files, and why they are one. */
const LONG_FILES: Readonly<Record<string, string>> = {};

test('no source is longer than a person reads at once', () => {
  const folders = ['packages', 'backends', 'apps', 'test', 'scripts'];
  const long = folders
    .flatMap((folder) => listFiles(folder))
    .filter((path) => /\.(ts|tsx|mjs|js|css)$/.test(path) && !isGenerated(path))
    .filter((path) => readText(path).split('\n').length - 1 > LINES_MAX);
  expect(long.filter((path) => !(path in LONG_FILES))).toEqual([]);
  expect(Object.keys(LONG_FILES).filter((path) => !long.includes(path))).toEqual([]);
});

const TEXT_BYTES_MAX = 5 * 1024 ** 2;
/** In pieces, so that this file does not find itself. */
const MACHINE_PATHS = new RegExp(`(?<![\\w.])/(?:${['work', 'root', 'Users'].join('|')})/`);
const REGISTRIES = new RegExp(
  [
    'registry\\.(?:npmjs|yarnpkg)',
    'pypi\\.',
    'files\\.pythonhosted',
    'static\\.crates',
    'deb\\.debian',
    'proxy\\.golang',
  ].join('|'),
);

test('no committed text names a path of one machine or the host of a package registry', () => {
  const naming = listFiles('')
    .filter((path) => statSync(join(REPOSITORY, path)).size <= TEXT_BYTES_MAX && !path.endsWith('sources.test.ts'))
    .map((path) => ({ path, bytes: readFileSync(join(REPOSITORY, path)) }))
    .filter(({ bytes }) => !bytes.subarray(0, 8192).includes(0))
    .flatMap(({ path, bytes }) => {
      const text = bytes.toString('utf8');
      const found = MACHINE_PATHS.exec(text) ?? REGISTRIES.exec(text);
      return found ? [`${path}: ${text.slice(Math.max(0, found.index - 20), found.index + 40)}`] : [];
    });
  expect(naming).toEqual([]);
});
