import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { BenchmarkError, parseOrder, type BenchmarkOrder } from '@voice-transcriber/benchmark';
import { ConfigError, loadConfig } from '@voice-transcriber/config';
import { openDatabase } from '@voice-transcriber/db';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { claimBenchmarkHost } from '@voice-transcriber/jobs/handlers';
import { createLogger } from '@voice-transcriber/telemetry';
import { beginRun, type BenchmarkCommand } from './benchmark/begin-run.js';
import { conductRun, type BenchmarkMessage } from './benchmark/conduct-run.js';

/*
 * Measures one benchmark and ends: `node benchmark.js`, with `{ "runId": ID }` for one that waits in the queue, or `{ "order": ORDER }` for one that begins
 * at once, as the first line of standard input. Standard output tells what happens, a JSON object a line. When standard input closes, whoever started it is
 * gone, and it ends too.
 */

/** `EX_TEMPFAIL` of sysexits.h: nothing was begun; it may work later. */
const EXIT_BUSY = 75;
/** `EX_CONFIG`. */
const EXIT_CONFIG = 78;
/** Children are ended and rows written within this. */
const STOP_MILLISECONDS_MAX = 10_000;

const say = (message: BenchmarkMessage): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
const stop = new AbortController();

function end(reason: string): void {
  if (stop.signal.aborted) return;
  stop.abort(new BenchmarkError('benchmark-cancelled', `The benchmark was ended because ${reason}.`));
  setTimeout(() => process.exit(1), STOP_MILLISECONDS_MAX).unref();
}

async function readCommand(): Promise<BenchmarkCommand> {
  const lines = createInterface({ input: process.stdin });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => reject(new Error('Standard input held no order.')));
  });
  lines.on('close', () => end('whoever started it ended'));
  const command = JSON.parse(line) as { readonly runId: string } | { readonly order: Partial<BenchmarkOrder> };
  return 'runId' in command ? command : { order: parseOrder(command.order) };
}

async function main(): Promise<number> {
  const config = loadConfig();
  const { databaseUrl } = config;
  if (databaseUrl === undefined) {
    process.stderr.write('DATABASE_URL is not set. Start benchmarks with "vt benchmark", which knows the database.\n');
    return EXIT_CONFIG;
  }
  const logger = createLogger({ level: config.logging.level, name: 'benchmark', instanceId: config.instanceId });
  const command = await readCommand();
  const host = hostname();
  const db = openDatabase(databaseUrl, { connectionsMax: 3, applicationName: 'voice-transcriber-benchmark' });
  const claim = await claimBenchmarkHost({ databaseUrl, host, logger });
  try {
    const installed = await createModelStore({
      directories: [config.inference.modelsDirectory, EMBEDDED_MODELS_DIRECTORY],
    }).list();
    const begun = await beginRun({
      db,
      command,
      host,
      hasHost: claim !== undefined,
      installedModels: installed.map(({ manifest }) => manifest.name),
    });
    if (claim === undefined || !begun.ok) {
      if (!begun.ok) say({ type: 'refused', code: begun.code, message: begun.message });
      return EXIT_BUSY;
    }
    await conductRun({ run: begun.run, config, db, claim, host, logger, say, stop: stop.signal });
    return 0;
  } finally {
    await claim?.release();
    await db.close();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end('it was told to stop'));
try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
// Standard input stays open for as long as the starter lives, and would keep this process.
process.stdin.destroy();
