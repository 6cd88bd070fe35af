import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { BenchmarkOrder, BenchmarkProgress } from '@voice-transcriber/benchmark';
import { childEnvironment } from '@voice-transcriber/config';
import type { Database } from '@voice-transcriber/db';
import { cancelBenchmark } from '@voice-transcriber/jobs';
import { CliError } from '../cli-error.js';
import { appProgram } from '../repository.js';

/** What the worker's benchmark program says, one JSON object a line. */
type ProgramMessage =
  | { readonly type: 'refused'; readonly code: string; readonly message: string }
  | { readonly type: 'started'; readonly runId: string }
  | { readonly type: 'progress'; readonly progress: BenchmarkProgress }
  | { readonly type: 'finished'; readonly state: string };

export interface ProgramOptions {
  readonly db: Database;
  readonly databaseUrl: string;
  readonly order: BenchmarkOrder;
  readonly onProgress: (progress: BenchmarkProgress) => void;
  /** Aborting cancels the run, which keeps what it has measured; aborting again is up to the caller. */
  readonly signal: AbortSignal;
}

/** Measures in the worker's program, which ends with this process. Returns the run's id. Throws CliError when nothing was begun or the program died. */
export async function runProgram(options: ProgramOptions): Promise<string> {
  const { db, databaseUrl, order, onProgress, signal } = options;
  const child = spawn(process.execPath, [appProgram('worker', 'benchmark.js')], {
    env: childEnvironment({ DATABASE_URL: databaseUrl }),
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C is for this process, which cancels in an orderly way.
    detached: true,
  });
  let runId: string | undefined;
  let refusal: string | undefined;
  let lastWords = '';
  const cancel = (): void => {
    if (runId === undefined) child.kill('SIGTERM');
    // A database that is away cannot be told: the program is.
    else cancelBenchmark(db, { id: runId }).catch(() => child.kill('SIGTERM'));
  };
  signal.addEventListener('abort', cancel);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-2000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as ProgramMessage;
    if (message.type === 'started') runId = message.runId;
    if (message.type === 'refused') refusal = message.message;
    if (message.type === 'progress') onProgress(message.progress);
    if (message.type === 'started' && signal.aborted) cancel();
  });
  // A program that is gone already closes the pipe: its end tells why.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify({ order })}\n`);
  try {
    const [code, endSignal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (refusal !== undefined) throw new CliError(refusal);
    if (code === 0 && runId !== undefined) return runId;
    const how = endSignal === null ? `ended with exit code ${String(code)}` : `was ended by ${endSignal}`;
    throw new CliError(`The program that measures ${how}. ${lastWords}`.trim());
  } finally {
    signal.removeEventListener('abort', cancel);
    child.stdin.end();
  }
}
