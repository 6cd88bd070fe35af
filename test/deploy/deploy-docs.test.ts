import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import { expect, test } from 'vitest';
import { readDeployFile } from './deploy-files.js';

const PAGE = 'docs/operations/deployment.md';
const text = readDeployFile(PAGE);

test('links of the page lead to files and headings that exist', () => {
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  const broken = links
    .filter((target) => !target.startsWith('https:'))
    .filter((target) =>
      target.startsWith('#')
        ? !headings.includes(target.slice(1))
        : !existsSync(join(REPOSITORY_DIRECTORY, 'docs', 'operations', target)),
    );
  expect(links.length).toBeGreaterThan(6);
  expect(broken).toEqual([]);
});

test('the files that its commands name exist, and so do its npm scripts', () => {
  const files = [...text.matchAll(/(?:-f |`)((?:deploy\/|packages\/)?[\w./-]+\.ya?ml|packages\/[\w./-]+\.ts)/g)]
    .map(([, path = '']) => path)
    .filter((path) => path.includes('/') || path === 'docker-compose.yml');
  expect(files).toContain('deploy/compose.balanced.yml');
  expect(files.filter((path) => !existsSync(join(REPOSITORY_DIRECTORY, path)))).toEqual([]);
  const { scripts } = JSON.parse(readDeployFile('package.json')) as { scripts: Record<string, string> };
  for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g)) expect(Object.keys(scripts)).toContain(name);
});

test('the variables of the compositions are in its table', () => {
  const compositions = ['services', 'balanced', 'cuda'].map((name) => readDeployFile(`deploy/compose.${name}.yml`));
  const used = [...compositions.join('\n').matchAll(/\$\{([A-Z_]+)[:}]/g)].map(([, name = '']) => name);
  const documented = [...new Set(used)].filter((name) => text.includes(name));
  expect(documented).toEqual([...new Set(used)]);
});
