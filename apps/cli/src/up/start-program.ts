import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endWithThisProcess } from '@voice-transcriber/local-database';
import { CliError } from '../cli-error.js';
import type { ServiceLog } from './service-log.js';
import type { RunningService } from './supervise.js';

export interface ProgramOptions {
  name: string;
  program: string;
  programArguments?: readonly string[];
  directory?: string;
  env: NodeJS.ProcessEnv;
  log: ServiceLog;
  /** Whether an output line says that the program is ready. */
  isReady: (line: string) => boolean;
  readySecondsMax: number;
  /** How long it may take to end after SIGTERM. */
  stopSecondsMax: number;
}

/**
 * Starts one of our Node programs in a process group of its own, and resolves when it is ready. The group ends with this
 * process, however it ends.
 */
export async function startProgram(options: ProgramOptions): Promise<RunningService> {
  const {
    name,
    program,
    programArguments = [],
    directory,
    env,
    log,
    isReady,
    readySecondsMax,
    stopSecondsMax,
  } = options;
  const child = spawn(process.execPath, [program, ...programArguments], {
    ...(directory !== undefined && { cwd: directory }),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) {
    const [cause] = (await once(child, 'error')) as [Error];
    throw new Error(`${name} could not be started: ${cause.message}`, { cause });
  }
  const guard = endWithThisProcess({ pid, group: true, signal: 'TERM', graceSeconds: 10 });
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is empty: everything has ended.
    }
  };
  const exited = once(child, 'exit').then(([code, signal]) => {
    guard.dismiss();
    // What the program itself started must not outlive it: a restart would find ports and memory taken.
    signalGroup('SIGKILL');
    return signal === null ? `ended with exit code ${String(code)}` : `was ended by ${String(signal)}`;
  });
  const ready = new Promise<void>((resolve) => {
    const look = (line: string): void => {
      if (isReady(line)) resolve();
    };
    log.take(child.stdout, look);
    log.take(child.stderr, look);
  });
  await waitForReady({ name, ready, exited, log, readySecondsMax }).catch((error: unknown) => {
    signalGroup('SIGKILL');
    throw error;
  });
  return {
    pid,
    exited,
    kill: () => {
      signalGroup('SIGKILL');
    },
    async stop() {
      // The program alone: it ends its own children in its own order.
      child.kill('SIGTERM');
      const timer = setTimeout(() => {
        signalGroup('SIGKILL');
      }, stopSecondsMax * 1000);
      await exited;
      clearTimeout(timer);
    },
  };
}

interface ReadyOptions {
  name: string;
  ready: Promise<void>;
  exited: Promise<string>;
  log: ServiceLog;
  readySecondsMax: number;
}

async function waitForReady({ name, ready, exited, log, readySecondsMax }: ReadyOptions): Promise<void> {
  const described = (what: string): CliError =>
    new CliError(
      `${name} ${what}. It said:\n${log
        .lastLines()
        .map((line) => `    ${line}`)
        .join('\n')}\n  Its log: ${log.path}`,
    );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(described(`was not ready after ${String(readySecondsMax)} s`));
    }, readySecondsMax * 1000);
  });
  const ended = exited.then((reason) => {
    throw described(reason);
  });
  // Loses the race in the normal case, and then may end whenever it likes.
  ended.catch(() => undefined);
  try {
    await Promise.race([ready, ended, late]);
  } finally {
    clearTimeout(timer);
  }
}
