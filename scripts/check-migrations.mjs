// Fails when the Drizzle schema holds a change for which no migration has been generated. Tried on a copy, so that a check changes no file.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { repositoryDirectory, run } from './workspace.mjs';

const committed = join(repositoryDirectory, 'drizzle');
const databasePackage = join(repositoryDirectory, 'packages/db');
const copy = mkdtempSync(join(tmpdir(), 'voice-transcriber-migrations-'));
try {
  cpSync(committed, copy, { recursive: true });
  // The generator takes every path for one below the folder it runs in.
  const flags = ['--dialect=postgresql', '--schema=./dist/schema/index.js', `--out=${relative(databasePackage, copy)}`];
  const { output } = await run('npx', ['drizzle-kit', 'generate', ...flags], {
    quiet: true,
    directory: databasePackage,
  });
  // Its exit code is 0 after failures too, so only its own words count.
  if (!output.includes('No schema changes')) {
    const known = readdirSync(committed);
    const added = readdirSync(copy).filter((name) => name.endsWith('.sql') && !known.includes(name));
    for (const name of added) console.error(readFileSync(join(copy, name), 'utf8'));
    console.error(added.length > 0 ? 'The schema has changed without a migration.' : output);
    console.error('Run `npx drizzle-kit generate --name=WHAT_CHANGES` in packages/db, review the SQL and commit it.');
    process.exitCode = 1;
  }
} finally {
  rmSync(copy, { recursive: true });
}
