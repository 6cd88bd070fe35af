import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchmarkPrograms } from '@voice-transcriber/jobs/handlers';
import type { Logger } from '@voice-transcriber/telemetry';

const PROGRAM = fileURLToPath(new URL('../benchmark.js', import.meta.url));
const EXIT_BUSY = 75;
/** As long as the program takes at most to end by itself. */
const STOP_MILLISECONDS_MAX = 12_000;
const LAST_WORDS_CHARACTERS = 500;

export interface StartedPrograms extends BenchmarkPrograms {
  /** Ends what runs: its run is failed, with what it has measured. Idempotent. */
  dispose(): Promise<void>;
}

/** Runs benchmarks that wait in the queue, each in a process of its own that ends with this one. */
export function createBenchmarkPrograms({
  environment,
  logger,
}: {
  environment: NodeJS.ProcessEnv;
  logger: Logger;
}): StartedPrograms {
  const running = new Set<{ readonly child: ChildProcess; readonly ended: Promise<unknown> }>();
  let isDisposed = false;
  return {
    async run(runId) {
      if (isDisposed) return { type: 'busy' };
      const child = spawn(process.execPath, [PROGRAM], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
      let lastWords = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        lastWords = (lastWords + text).slice(-LAST_WORDS_CHARACTERS);
      });
      // What it says is in the database; nobody reads it here.
      child.stdout.resume();
      // A program that is gone already closes the pipe: its end tells why.
      child.stdin.on('error', () => undefined);
      child.stdin.write(`${JSON.stringify({ runId })}\n`);
      const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
      const entry = { child, ended };
      running.add(entry);
      try {
        const [code, signal] = await ended;
        if (code === 0) return { type: 'ended' };
        if (code === EXIT_BUSY) return { type: 'busy' };
        logger.warn({ runId, code, signal, lastWords }, 'The benchmark program failed.');
        const how = signal === null ? `ended with exit code ${String(code)}` : `was ended by ${signal}`;
        return { type: 'crashed', how };
      } finally {
        running.delete(entry);
      }
    },
    async dispose() {
      isDisposed = true;
      await Promise.all(
        [...running].map(async ({ child, ended }) => {
          child.kill('SIGTERM');
          const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS_MAX);
          await ended.catch(() => undefined);
          clearTimeout(timer);
        }),
      );
    },
  };
}
