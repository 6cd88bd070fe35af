// `npm test`: everything a fresh clone needs, then all tests. Arguments go on to vitest: `npm test -- --project unit packages/config`.
import { ClosingLineReporter } from './closing-line-reporter.mjs';
import { ensureBuilt, ensureInstalled, repositoryDirectory } from './workspace.mjs';

const CLOSE_MILLISECONDS_MAX = 90_000;
/** Named at the end, so that whoever adds tests sees what the whole run waits for. */
const SLOWEST_FILES = 15;
/**
 * How many failed files are run a second time, alone and named: on a machine that others use too, a file that waits for processes can miss a deadline that
 * has nothing to do with the change. None unless it is asked for, so that whoever writes a test sees it fail.
 */
const FILES_RUN_AGAIN_MAX = Number(process.env.TEST_FILES_RUN_AGAIN_MAX ?? 0);

let endedBadly = false;

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
await runTests(filter, options);

const again = counts.failedFiles;
if (again.length > 0 && again.length <= FILES_RUN_AGAIN_MAX) {
  console.log(`\nRun once more, alone:\n${again.map((file) => `  ${file}`).join('\n')}\n`);
  await runTests(again, { ...options, fileParallelism: false });
  const recovered = again.filter((file) => !counts.failedFiles.includes(file));
  if (recovered.length > 0) {
    console.log(
      `\nFailed at first (see above) and passed alone, so to be looked at:\n${recovered.map((file) => `  ${file}`).join('\n')}`,
    );
  }
}

if (counts.ranFiles > SLOWEST_FILES) {
  console.log(`\nThe slowest files:\n${counts.slowestFiles(SLOWEST_FILES).join('\n')}`);
}
if (counts.skips.length > 0) console.log(`\nSkipped:\n${counts.skips.map((line) => `  ${line}`).join('\n')}`);
if (counts.ranNothing) console.log('\nNo test ran: that counts as a failure.');
console.log(`\n${counts.closingLine}`);
process.exit(counts.succeeded && !endedBadly ? 0 : 1);

/** Runs the files that fit the filter. What failed is in `counts`. */
async function runTests(files, runOptions) {
  const reporters = [...[reporter].flat(), counts];
  process.exitCode = undefined;
  const vitest = await startVitest('test', files, { ...runOptions, watch: false, reporters });
  await closeWithin(vitest, CLOSE_MILLISECONDS_MAX);
  // Something besides tests, as the end of what they share.
  if (process.exitCode && counts.succeeded) endedBadly = true;
}

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
  endedBadly = true;
}
