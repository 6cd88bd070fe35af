import { writeFile } from 'node:fs/promises';
import {
  compareRuns,
  COMPARISON_FORMATS,
  type ComparisonFormat,
  formatComparison,
  formatReport,
  REPORT_FORMATS,
  type ReportFormat,
} from '@voice-transcriber/benchmark';
import { loadConfig } from '@voice-transcriber/config';
import { type Database, findBenchmarkBaseline, setBenchmarkBaseline } from '@voice-transcriber/db';
import { deleteBenchmark } from '@voice-transcriber/jobs';
import { Command, Option } from 'commander';
import { measure } from '../benchmark/measure.js';
import { findRun, readRun } from '../benchmark/find-run.js';
import { listRuns } from '../benchmark/list-runs.js';
import { withDatabase } from '../benchmark/open-database.js';
import type { RunOptions } from '../benchmark/parse-options.js';
import { CliError } from '../cli-error.js';

const HELP = `
Measures this machine: every combination of the lists, each in a fresh process, one after another. Decoding is not counted. The figures are kept; the speeds
measured with the server's own settings decide which backend it chooses. Needs no running server; while transcriptions run it refuses.

RUN is "latest", an id, or the beginning of one.

Examples:
  $ vt benchmark
  $ vt benchmark --backends onnxruntime,smart-whisper --models base-q8_0 --threads 1,2
  $ vt benchmark --batch 1,4,auto --until-stable
  $ vt benchmark --audio recordings/ --format markdown --out benchmark.md
  $ vt benchmark --iterations 1 --profile
  $ vt benchmark list
  $ vt benchmark show latest --format csv
  $ vt benchmark compare latest

Exit codes:
  0    everything was measured
  1    some combination failed, or the benchmark could not run
  2    wrong usage
  130  interrupted by Ctrl-C; what was measured is kept
`;

interface Output<Format> {
  readonly format: Format;
  readonly out?: string;
}

const formatOption = (choices: readonly string[]): Option =>
  new Option('--format <format>', 'of the report').choices([...choices]).default('table');
const outOption = new Option('--out <file>', 'write the report there instead of to standard output');

export function createBenchmarkCommand(): Command {
  return new Command('benchmark')
    .description('measure how fast and how well backends and models transcribe here')
    .option('--backends <names>', 'separated by commas (every available one)')
    .option('--models <names>', 'installed models (the default one)')
    .option('--device <names>', 'such as cpu, cuda or cuda:0 (every one that a backend offers)')
    .option('--threads <numbers>', "of one inference (the server's own number)")
    .option('--batch <numbers>', 'windows at once, or auto (as many as the backend uses well)')
    .option('--audio <folder>', 'recordings with NAME.txt beside them, or a CATALOG.tsv (three bundled clips)')
    .option('--language <code>', 'of recordings of which no catalogue tells it (as the model hears it)')
    .option('--prompt <text>', 'given to the model with every window')
    .option('--iterations <number>', 'measured runs for each combination (5)')
    .option('--warmups <number>', 'runs before them that are not measured (1)')
    .option('--until-stable [percent]', 'go on until the last iterations vary by less (2)')
    .option('--iterations-max <number>', 'the most for a combination that does not become stable (30)')
    .option('--profile', 'one more run each, under a profiler: shows the functions in which the time goes')
    .option('--force', 'measure although transcriptions are running')
    .addOption(formatOption(REPORT_FORMATS))
    .addOption(outOption)
    .addHelpText('after', HELP)
    .action(async (options: RunOptions & Output<ReportFormat>) => {
      const { code, report } = await measure(loadConfig(), options, options.format);
      await deliver(report, options);
      process.exitCode = code;
    })
    .addCommand(createListCommand())
    .addCommand(createShowCommand())
    .addCommand(createCompareCommand())
    .addCommand(createBaselineCommand())
    .addCommand(createDeleteCommand());
}

function createListCommand(): Command {
  return new Command('list').description('benchmarks, newest first').action(() =>
    withStoredRuns(async (db) => {
      process.stdout.write(await listRuns(db));
    }),
  );
}

function createShowCommand(): Command {
  return new Command('show')
    .description('the report of a benchmark')
    .argument('<run>')
    .addOption(formatOption(REPORT_FORMATS))
    .addOption(outOption)
    .action((name: string, options: Output<ReportFormat>) =>
      withStoredRuns(async (db) => {
        await deliver(formatReport(await readRun(db, await findRun(db, name)), options.format), options);
      }),
    );
}

function createCompareCommand(): Command {
  return new Command('compare')
    .description('a benchmark beside an earlier one: ratios, and what is more than noise')
    .argument('<run>')
    .argument('[earlier]', 'the baseline, or else the completed one before it, when not given')
    .addOption(formatOption(COMPARISON_FORMATS))
    .addOption(outOption)
    .action((name: string, earlierName: string | undefined, options: Output<ComparisonFormat>) =>
      withStoredRuns(async (db) => {
        const after = await findRun(db, name);
        const before =
          earlierName === undefined ? await findBenchmarkBaseline(db.orm, after) : await findRun(db, earlierName);
        if (before === undefined) throw new CliError('There is no earlier benchmark to compare with.');
        const comparison = compareRuns(await readRun(db, before), await readRun(db, after));
        await deliver(formatComparison(comparison, options.format), options);
      }),
    );
}

function createBaselineCommand(): Command {
  return new Command('baseline')
    .description('make a benchmark the one that others are compared with')
    .argument('<run>')
    .action((name: string) =>
      withStoredRuns(async (db) => {
        const { id } = await findRun(db, name);
        await db.orm.transaction((transaction) => setBenchmarkBaseline(transaction, { id }));
        process.stdout.write(`${id} is the baseline now.\n`);
      }),
    );
}

function createDeleteCommand(): Command {
  return new Command('delete')
    .description('forget a benchmark')
    .argument('<run>')
    .action((name: string) =>
      withStoredRuns(async (db) => {
        const { id } = await findRun(db, name);
        const outcome = await deleteBenchmark(db, { id });
        if (!outcome.ok && outcome.code !== 'not-found') throw new CliError(outcome.message);
        process.stdout.write(`${id} is deleted.\n`);
      }),
    );
}

function withStoredRuns(use: (db: Database) => Promise<void>): Promise<void> {
  return withDatabase(loadConfig(), ({ db }) => use(db));
}

async function deliver(report: string, { out }: Output<unknown>): Promise<void> {
  if (out === undefined) process.stdout.write(report);
  else await writeFile(out, report);
}
