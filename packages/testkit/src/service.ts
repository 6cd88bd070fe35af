import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endWithThisProcess } from '@voice-transcriber/local-database';

const OUTPUT_LINES_KEPT = 200;

export interface Service<Ready> {
  name: string;
  pid: number;
  /** What the process said about itself when it was ready. */
  ready: Ready;
  process: ChildProcess;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** The last lines of its output, for messages of failing tests. */
  output(): string;
  /** SIGTERM, and SIGKILL when it does not end in time; resolves to its exit code. */
  stop(timeoutMilliseconds?: number): Promise<number | null>;
}

export interface ServiceOptions {
  name: string;
  /** The built program, for example apps/api/dist/main.js. */
  program: string;
  programArguments?: readonly string[];
  /** The whole environment: nothing is inherited but PATH and HOME, so a developer's own settings change no test. */
  env: Record<string, string>;
  readyTimeoutMilliseconds?: number;
  /** Runs as this user and as nobody of its groups but 0; needs root. */
  userId?: number;
  /** Told each line of its output. */
  onLine?: (line: string) => void;
}

/** Starts a program of ours as a process and waits for its line `{"ready":true,…}`. It ends with the test process, even by kill -9. */
export async function spawnService<Ready>(options: ServiceOptions): Promise<Service<Ready>> {
  const { name, program, programArguments = [], env, readyTimeoutMilliseconds = 30_000 } = options;
  const { PATH = '', HOME = '/' } = process.env;
  const child = spawn(process.execPath, [program, ...programArguments], {
    env: { PATH, HOME, NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(options.userId !== undefined && { uid: options.userId, gid: 0 }),
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} could not be started from ${program}. Is it built?`);
  const guard = endWithThisProcess({ pid, group: true, signal: 'KILL', graceSeconds: 0 });
  const lines: string[] = [];
  const keep = (line: string): void => {
    options.onLine?.(line);
    lines.push(line);
    if (lines.length > OUTPUT_LINES_KEPT) lines.shift();
  };
  const exited = once(child, 'exit').then(([code, signal]) => {
    guard.dismiss();
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  createInterface({ input: child.stderr }).on('line', keep);
  const ready = await new Promise<Ready>((resolve, reject) => {
    const fail = (reason: string): void => {
      child.kill('SIGKILL');
      reject(new Error(`${name} ${reason}. Its output:\n${lines.join('\n')}`));
    };
    const timer = setTimeout(() => {
      fail(`was not ready after ${String(readyTimeoutMilliseconds)} ms`);
    }, readyTimeoutMilliseconds);
    createInterface({ input: child.stdout }).on('line', (line) => {
      keep(line);
      const message = parseReady(line);
      if (!message) return;
      clearTimeout(timer);
      resolve(message as Ready);
    });
    void exited.then(({ code, signal }) => {
      clearTimeout(timer);
      fail(`ended with ${String(signal ?? code)} before it was ready`);
    });
  });
  return {
    name,
    pid,
    ready,
    process: child,
    exited,
    output: () => lines.join('\n'),
    async stop(timeoutMilliseconds = 30_000) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMilliseconds);
      const { code } = await exited;
      clearTimeout(timer);
      return code;
    },
  };
}

function parseReady(line: string): unknown {
  if (!line.startsWith('{')) return undefined;
  try {
    const message = JSON.parse(line) as { ready?: unknown };
    return message.ready === true ? message : undefined;
  } catch {
    return undefined;
  }
}
