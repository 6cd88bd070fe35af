import { setTimeout as wait } from 'node:timers/promises';
import { findBenchmarkRuns, type BenchmarkRunRow, type Database } from '@voice-transcriber/db';
import { BenchmarkRun } from './benchmark-run.js';
import { builder } from './builder.js';
import { decodeRowId } from './global-id.js';

/** Benchmarks are rare and have few watchers: asking for the revision costs less than a bell of their own. */
const POLL_MILLISECONDS = 500;

builder.subscriptionField('benchmarkEvents', (t) =>
  t.field({
    type: BenchmarkRun,
    description:
      'The run as it is now, and again whenever it changed, at most twice a second; complete when it has ended or was deleted.',
    args: { id: t.arg.id({ required: true }) },
    subscribe: (_parent, args, { services, signal }) =>
      followRun(services.db, decodeRowId(args.id, 'BenchmarkRun'), signal),
    resolve: (run) => run,
  }),
);

async function* followRun(
  { orm }: Database,
  id: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<BenchmarkRunRow, void, undefined> {
  let revision = -1;
  while (id !== undefined && !signal.aborted) {
    const [run] = await findBenchmarkRuns(orm, { ids: [id] });
    if (run === undefined) return;
    if (run.revision !== revision) yield run;
    revision = run.revision;
    if (run.state !== 'queued' && run.state !== 'running') return;
    await wait(POLL_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}
