// How an API process does while it is under load, measured from outside: by a process that asks it questions, and by its own event loop.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const REPORT_MILLISECONDS_MAX = 10_000;
const programPath = (name) => fileURLToPath(new URL(name, import.meta.url));

/** `env` belongs into the environment of the stack; `readDelay(pid)` says how long the loop was held up since the last call; `dispose` removes its file. */
export async function createLoopWatch() {
  const directory = await mkdtemp(join(tmpdir(), 'vt-loop-'));
  const report = join(directory, 'report.json');
  return {
    env: { NODE_OPTIONS: `--import ${programPath('./watch-event-loop.mjs')}`, EVENT_LOOP_REPORT: report },
    async readDelay(pid) {
      await rm(report, { force: true });
      process.kill(pid, 'SIGUSR2');
      const deadline = Date.now() + REPORT_MILLISECONDS_MAX;
      for (;;) {
        try {
          return JSON.parse(await readFile(report, 'utf8'));
        } catch (cause) {
          if (Date.now() > deadline) throw new Error('The API does not say how its event loop does.', { cause });
          await wait(20);
        }
      }
    },
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Asks the document over and over from a process of its own; the returned function ends it and gives the latencies. */
export function startProber({ apiUrl, apiKey }, document) {
  const child = spawn(process.execPath, [programPath('./probe-latency.mjs'), apiUrl, apiKey, document], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  const closed = new Promise((resolve) => child.once('close', resolve));
  return async () => {
    child.stdin.end();
    const code = await closed;
    if (code !== 0) throw new Error(`The questions ended with ${code}.`);
    return JSON.parse(output);
  };
}
