import { formatReport, type ReportFormat } from '@voice-transcriber/benchmark';
import type { Config } from '@voice-transcriber/config';
import { CliError, EXIT_CODES, type ExitCode } from '../cli-error.js';
import { benchmarkText } from '../terminal/progress-text.js';
import { createStatusLine } from '../terminal/status-line.js';
import { findRun, readRun } from './find-run.js';
import { withDatabase } from './open-database.js';
import { type RunOptions, toOrder } from './parse-options.js';
import { runProgram } from './run-program.js';

/** Measures, shows how far it is on standard error, and gives the report with the exit code that it deserves. */
export async function measure(
  config: Config,
  options: RunOptions,
  format: ReportFormat,
): Promise<{ readonly code: ExitCode; readonly report: string }> {
  const order = toOrder(options);
  const status = createStatusLine(process.stderr);
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(EXIT_CODES.interrupted);
    status.print('Cancelling; what was measured is kept. Press Ctrl-C again to leave at once.');
    abort.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    status.show('Starting …', 'Starting');
    return await withDatabase(config, async ({ db, databaseUrl }) => {
      const id = await runProgram({
        db,
        databaseUrl,
        order,
        signal: abort.signal,
        onProgress: (progress) => status.show(benchmarkText(progress), progress.doing),
      });
      status.clear();
      const run = await readRun(db, await findRun(db, id));
      if (run.results.length === 0 && run.error !== null) throw new CliError(run.error.message);
      const isWhole = run.state === 'completed' && run.results.every(({ state }) => state === 'completed');
      const code = abort.signal.aborted ? EXIT_CODES.interrupted : isWhole ? EXIT_CODES.ok : EXIT_CODES.failed;
      return { code, report: formatReport(run, format) };
    });
  } finally {
    status.clear();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
