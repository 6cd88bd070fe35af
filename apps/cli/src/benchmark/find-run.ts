import { assembleRun, type BenchmarkRun } from '@voice-transcriber/benchmark';
import { type BenchmarkRunRow, type Database, listBenchmarkResults, listBenchmarkRuns } from '@voice-transcriber/db';
import { CliError } from '../cli-error.js';

/** Looked through for a name; older ones are reached by their whole id. */
const RUNS_MAX = 1000;

/** The run that a person means: `latest`, an id, or the beginning of one that no other shares. Throws CliError. */
export async function findRun({ orm }: Database, name: string): Promise<BenchmarkRunRow> {
  const runs = (await listBenchmarkRuns(orm, { limit: RUNS_MAX })).map(({ run }) => run);
  const matching = name === 'latest' ? runs.slice(0, 1) : runs.filter(({ id }) => id.startsWith(name.toLowerCase()));
  const [found, another] = matching;
  if (found === undefined) throw new CliError(`There is no benchmark "${name}". "vt benchmark list" shows them.`);
  if (another !== undefined) throw new CliError(`Several benchmarks begin with "${name}". Give more of the id.`);
  return found;
}

export async function readRun({ orm }: Database, row: BenchmarkRunRow): Promise<BenchmarkRun> {
  return assembleRun(row, await listBenchmarkResults(orm, { runIds: [row.id] }));
}
