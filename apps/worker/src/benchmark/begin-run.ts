import type { BenchmarkOrder } from '@voice-transcriber/benchmark';
import { findBenchmarkRuns, type BenchmarkRunRow, type Database } from '@voice-transcriber/db';
import { findBenchmarkObstacle } from '@voice-transcriber/jobs';
import { beginBenchmark, failOtherBenchmarks, insertRunningBenchmark } from '@voice-transcriber/jobs/handlers';

/** A run that waits in the queue, or one that begins at once. */
export type BenchmarkCommand = { readonly runId: string } | { readonly order: BenchmarkOrder };

type Begun =
  | { readonly ok: true; readonly run: BenchmarkRunRow }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Makes a run this process's own, or says why not: the host is taken, transcriptions are at work, or somebody else has begun it. */
export async function beginRun(options: {
  readonly db: Database;
  readonly command: BenchmarkCommand;
  readonly host: string;
  /** Whether this process holds the host. */
  readonly hasHost: boolean;
  readonly installedModels: readonly string[];
}): Promise<Begun> {
  const { command, host, hasHost } = options;
  const { orm } = options.db;
  if (!hasHost) {
    const message =
      'Another benchmark runs on this host: two at once would measure each other. Wait for it or cancel it.';
    return { ok: false, code: 'benchmark-running', message };
  }
  await failOtherBenchmarks(orm, { host });
  const [waiting] = 'runId' in command ? await findBenchmarkRuns(orm, { ids: [command.runId] }) : [];
  const order = 'order' in command ? command.order : waiting?.order;
  const obstacle = await findBenchmarkObstacle(orm, { force: order?.force ?? false });
  if (obstacle !== undefined) return obstacle;
  if ('order' in command) {
    const { models } = command.order;
    // Some of them give rows that say so; none of them would be a benchmark without a figure, kept as the latest.
    if (models.length > 0 && !models.some((name) => options.installedModels.includes(name))) {
      const message = `No model called ${models.map((name) => `"${name}"`).join(' or ')} is installed. Installed: ${options.installedModels.join(', ')}.`;
      return { ok: false, code: 'model-missing', message };
    }
  }
  const run =
    'order' in command
      ? await insertRunningBenchmark(orm, { order: command.order, host })
      : await beginBenchmark(orm, { id: command.runId, host });
  return run === undefined
    ? { ok: false, code: 'not-waiting', message: 'The benchmark does not wait any more.' }
    : { ok: true, run };
}
