// `npm start`: from a fresh clone to a running server. Installs and builds what is missing, then hands over to `vt up`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, repositoryDirectory, requireNode } from './workspace.mjs';

const LOG_DIRECTORY = join(repositoryDirectory, 'data', 'logs');
const PROGRESS_MILLISECONDS = 15_000;

try {
  requireNode();
  await step('Installing what is missing', ensureInstalled);
  await step('Building what has changed', ensureBuilt);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
// In this very process: one program less between Ctrl-C and the services, and nothing to leave behind.
const program = join(repositoryDirectory, 'apps', 'cli', 'dist', 'main.js');
process.argv.splice(1, 1, program, 'up');
await import(pathToFileURL(program).href);

/** Runs a preparation in silence: a line when it starts and how long it took, and all that it printed when it fails. */
async function step(title, prepare) {
  const startedAt = Date.now();
  const elapsed = () => `${((Date.now() - startedAt) / 1000).toFixed(0)} s`;
  const timer = setInterval(() => console.log(`${title} … ${elapsed()}`), PROGRESS_MILLISECONDS);
  try {
    await prepare({ quiet: true });
    if (Date.now() - startedAt > 2_000) console.log(`${title}: done in ${elapsed()}.`);
  } catch (error) {
    const { output } = error;
    if (output) {
      mkdirSync(LOG_DIRECTORY, { recursive: true });
      const file = join(LOG_DIRECTORY, 'preparation.log');
      writeFileSync(file, output);
      const last = output.trimEnd().split('\n').slice(-15).join('\n');
      error.message = `${last}\n\n${error.message} All of its output: ${file}`;
    }
    throw error;
  } finally {
    clearInterval(timer);
  }
}
