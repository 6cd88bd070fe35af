import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAudioTools } from '@voice-transcriber/audio';
import {
  BenchmarkError,
  parseOrder,
  summarizeResult,
  type BenchmarkProgress,
  type BenchmarkResult,
} from '@voice-transcriber/benchmark';
import { runBenchmark, type BenchmarkEvent } from '@voice-transcriber/benchmark/runner';
import type { Config } from '@voice-transcriber/config';
import type { BenchmarkRunRow, Database } from '@voice-transcriber/db';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import {
  finishBenchmark,
  recordBenchmarkProgress,
  recordBenchmarkResult,
  recordBenchmarkSpeed,
  withDatabaseRetry,
  type BenchmarkClaim,
} from '@voice-transcriber/jobs/handlers';
import type { Logger } from '@voice-transcriber/telemetry';
import { builtInBackends } from '../backends.js';
import { threadsOf } from '../threads.js';

const VAD_MODEL_PATH = join(EMBEDDED_MODELS_DIRECTORY, 'silero-vad-16k-sequence-6.2.3.onnx');
/** Clips that come with the product, with what is said in them. */
const BUNDLED_AUDIO_DIRECTORY = fileURLToPath(new URL('../../../../test/fixtures/audio', import.meta.url));
/** A database that is away for longer ends the run: nobody could read its results. */
const DATABASE_AWAY_MILLISECONDS_MAX = 60_000;

/** What the program says on standard output. */
export type BenchmarkMessage =
  | { readonly type: 'refused'; readonly code: string; readonly message: string }
  | { readonly type: 'started'; readonly runId: string }
  | { readonly type: 'progress'; readonly progress: BenchmarkProgress }
  | { readonly type: 'finished'; readonly state: 'completed' | 'failed' | 'cancelled'; readonly message?: string };

export interface ConductOptions {
  readonly run: BenchmarkRunRow;
  readonly config: Config;
  readonly db: Database;
  readonly claim: BenchmarkClaim;
  readonly host: string;
  readonly logger: Logger;
  readonly say: (message: BenchmarkMessage) => void;
  /** This process is to end. */
  readonly stop: AbortSignal;
}

/** Measures a run that was begun and stores all that it yields. Returns when the run has ended, however it did. */
export async function conductRun(options: ConductOptions): Promise<void> {
  const { run, claim, stop, say } = options;
  const abort = new AbortController();
  const onStop = (): void => abort.abort(stop.reason);
  stop.addEventListener('abort', onStop);
  claim.watch(run.id, (reason) =>
    abort.abort(new BenchmarkError('benchmark-cancelled', `The benchmark was ${reason}.`)),
  );
  say({ type: 'started', runId: run.id });
  try {
    if (stop.aborted) onStop();
    const results: BenchmarkResult[] = [];
    for await (const event of runBenchmark(await toRunnerOptions(options, abort.signal))) {
      await persist(() => store(options, event, results.length));
      if (event.type === 'cell-finished') results.push(event.result);
      say({ type: 'progress', progress: event.progress });
    }
    await persist(() => teachSelection(options, results));
    await persist(() => finishBenchmark(options.db.orm, run.id, { state: 'completed' }));
    say({ type: 'finished', state: 'completed' });
  } catch (error) {
    await finishEarly(options, error);
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

async function toRunnerOptions({ run, config, logger }: ConductOptions, signal: AbortSignal) {
  const { inference, audio } = config;
  return {
    order: parseOrder(run.order),
    backends: [...inference.extraBackends, ...builtInBackends(config)],
    modelStore: createModelStore({ directories: [inference.modelsDirectory, EMBEDDED_MODELS_DIRECTORY] }),
    modelDefault: inference.defaultModel,
    threadsDefault: threadsOf(config),
    gpuEnabled: inference.gpuEnabled,
    gpuMemoryFraction: inference.gpuMemoryFraction,
    audioDirectoryDefault: BUNDLED_AUDIO_DIRECTORY,
    tools: await findAudioTools({ ffmpegPath: audio.ffmpegPath, ffprobePath: audio.ffprobePath }),
    vadModelPath: VAD_MODEL_PATH,
    product: await readVersion(),
    logger,
    signal,
  };
}

async function store({ db, run }: ConductOptions, event: BenchmarkEvent, index: number): Promise<void> {
  const { progress } = event;
  switch (event.type) {
    case 'planned': {
      const { machine, audio } = event;
      return recordBenchmarkProgress(db.orm, run.id, { machine, audio, progress });
    }
    case 'cell-finished':
      return recordBenchmarkResult(db.orm, run.id, { result: { ...event.result, index }, progress });
    case 'cell-started':
    case 'iteration-finished':
      return recordBenchmarkProgress(db.orm, run.id, { progress });
  }
}

/** Selection compares backends as this host runs them: only what was measured with its own settings tells how fast that is. */
async function teachSelection(
  { db, host, config }: ConductOptions,
  results: readonly BenchmarkResult[],
): Promise<void> {
  for (const result of results) {
    const { backend, model, device, iterations } = result;
    const summary = summarizeResult(result);
    const isUsual = result.threads === threadsOf(config) && result.batch === null;
    if (result.state !== 'completed' || summary === undefined || !isUsual) continue;
    const speed = { audioSecondsPerSecond: summary.speed, measurements: iterations.length };
    await recordBenchmarkSpeed(db.orm, { host, backend, model, device, ...speed });
  }
}

async function finishEarly({ db, run, say, stop, logger }: ConductOptions, error: unknown): Promise<void> {
  const known = error instanceof Error ? (error as Error & { code?: unknown }) : undefined;
  const message = known?.message ?? String(error);
  const code = typeof known?.code === 'string' ? known.code : 'internal-error';
  // Cancelled is what a person wanted; a process that had to end was interrupted.
  const state = code === 'benchmark-cancelled' && !stop.aborted ? 'cancelled' : 'failed';
  const stored = stop.aborted
    ? { code: 'benchmark-interrupted', message: (stop.reason as Error).message }
    : { code, message };
  if (state === 'failed') logger.warn({ err: error, runId: run.id }, 'The benchmark failed.');
  await persist(() => finishBenchmark(db.orm, run.id, { state, error: state === 'failed' ? stored : undefined }));
  say({ type: 'finished', state, ...(state === 'failed' ? { message: stored.message } : {}) });
}

async function persist(work: () => Promise<void>): Promise<void> {
  const away = new AbortController();
  const timer = setTimeout(
    () => away.abort(new Error('The database was away for too long: the results could not be stored.')),
    DATABASE_AWAY_MILLISECONDS_MAX,
  );
  try {
    await withDatabaseRetry(away.signal, work);
  } finally {
    clearTimeout(timer);
  }
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
