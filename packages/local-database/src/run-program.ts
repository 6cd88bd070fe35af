import { spawn } from 'node:child_process';
import type { Account } from './account.js';

export interface ProgramResult {
  code: number | null;
  output: string;
}

/**
 * The environment of every program started here. Nothing of the caller's is handed on: PGDATA, PGOPTIONS and the
 * locale of a terminal change what PostgreSQL does.
 */
export const PROGRAM_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Runs a short program as the account and returns its exit code with what it printed. Code null: not started, or killed at the time limit. */
export async function runProgram(
  file: string,
  programArguments: readonly string[],
  { account, timeoutMilliseconds }: { account: Account | undefined; timeoutMilliseconds: number },
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(file, programArguments, {
      ...(account && { uid: account.uid, gid: account.gid }),
      cwd: '/',
      env: PROGRAM_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMilliseconds,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.once('error', (error) => {
      resolve({ code: null, output: error.message });
    });
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}
