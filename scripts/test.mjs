// `npm test`: everything a fresh clone needs, then all tests. Arguments go on to vitest: `npm test -- --project unit packages/config`.
import { ClosingLineReporter } from './closing-line-reporter.mjs';
import { ensureBuilt, ensureInstalled, repositoryDirectory } from './workspace.mjs';

const CLOSE_MILLISECONDS_MAX = 90_000;
/** Named at the end, so that whoever adds tests sees what the whole run waits for. */
const SLOWEST_FILES = 15;

process.chdir(repositoryDirectory);
await ensureInstalled();
await ensureBuilt();

// Only now: before the installation there is no vitest to import.
const { parseCLI, startVitest } = await import('vitest/node');
const {
  filter,
  options: { reporter = 'default', ...options },
} = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const counts = new ClosingLineReporter();
const reporters = [...[reporter].flat(), counts];
const vitest = await startVitest('test', filter, { ...options, watch: false, reporters });
await closeWithin(vitest, CLOSE_MILLISECONDS_MAX);

if (counts.durations.length > SLOWEST_FILES) {
  console.log(`\nThe slowest files:\n${counts.slowestFiles(SLOWEST_FILES).join('\n')}`);
}
if (counts.skips.length > 0) console.log(`\nSkipped:\n${counts.skips.map((line) => `  ${line}`).join('\n')}`);
if (counts.passed + counts.failed === 0) console.log('\nNo test ran: that counts as a failure.');
console.log(`\n${counts.closingLine}`);
process.exit(counts.succeeded && !process.exitCode ? 0 : 1);

/** Something that a test left open must not keep the run from ending; it is said and counts as a failure. */
async function closeWithin(running, milliseconds) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve('late'), milliseconds);
  });
  const outcome = await Promise.race([running.close().then(() => 'closed'), late]);
  clearTimeout(timer);
  if (outcome === 'closed') return;
  console.log(`\nThe tests did not close what they opened within ${milliseconds / 1000} s.`);
  process.exitCode = 1;
}
