import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { endWithThisProcess } from '@voice-transcriber/local-database';
import { REPOSITORY_DIRECTORY, waitFor } from '@voice-transcriber/testkit';

const CONSOLE_DIRECTORY = join(REPOSITORY_DIRECTORY, 'apps/console');

export interface RunningConsole {
  stop(): Promise<void>;
}

/** The built console as a process, as an installation runs it. */
export async function startConsole({ port, apiUrl }: { port: number; apiUrl: string }): Promise<RunningConsole> {
  if (!existsSync(join(CONSOLE_DIRECTORY, '.next/BUILD_ID'))) {
    throw new Error('The console is not built: npm run build --workspace @voice-transcriber/console');
  }
  const program = createRequire(join(CONSOLE_DIRECTORY, 'package.json')).resolve('next/dist/bin/next');
  const { PATH = '', HOME = '/' } = process.env;
  const child = spawn(process.execPath, [program, 'start', '-p', String(port), '-H', '127.0.0.1'], {
    cwd: CONSOLE_DIRECTORY,
    env: { PATH, HOME, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', API_PUBLIC_URL: apiUrl },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('The console could not be started.');
  const guard = endWithThisProcess({ pid, group: false, signal: 'KILL', graceSeconds: 0 });
  const exited = once(child, 'exit').then(() => {
    guard.dismiss();
  });
  let problems = '';
  child.stderr.on('data', (data: Buffer) => (problems = (problems + data.toString()).slice(-4000)));
  const ready = waitFor(
    async () => {
      const { status } = await fetch(`http://127.0.0.1:${port}/sign-in`);
      if (status !== 200) throw new Error(`The console answered ${status}. ${problems}`);
      return true;
    },
    { timeoutMilliseconds: 30_000, what: `the console on port ${port}` },
  );
  const failed = exited.then(() => {
    throw new Error(`The console on port ${port} ended with code ${String(child.exitCode)}: ${problems}`);
  });
  await Promise.race([ready, failed]);
  return {
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
