// Fails when the Drizzle schema holds a change for which no migration has been generated. Tried on a copy, so that a check changes no file.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryDirectory, run } from './workspace.mjs';

const copy = mkdtempSync(join(tmpdir(), 'voice-transcriber-migrations-'));
try {
  cpSync(join(repositoryDirectory, 'drizzle'), copy, { recursive: true });
  const before = new Set(readdirSync(copy));
  const flags = ['--dialect=postgresql', '--schema=./dist/schema/index.js', `--out=${copy}`];
  const { code, output } = await run('npx', ['drizzle-kit', 'generate', ...flags], {
    quiet: true,
    directory: join(repositoryDirectory, 'packages/db'),
  });
  const added = readdirSync(copy).filter((name) => !before.has(name));
  if (code !== 0) console.error(output);
  for (const name of added.filter((name) => name.endsWith('.sql')))
    console.error(readFileSync(join(copy, name), 'utf8'));
  if (added.length > 0) {
    console.error(
      'The schema has changed: run `npx drizzle-kit generate --name=WHAT_CHANGES` in packages/db and commit it.',
    );
  }
  process.exitCode = code !== 0 || added.length > 0 ? 1 : 0;
} finally {
  rmSync(copy, { recursive: true });
}
