import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY_DIRECTORY } from './repository.js';

/** The built program of one of our applications. */
export function appProgram(app: string, file: string): string {
  return join(REPOSITORY_DIRECTORY, 'apps', app, 'dist', file);
}

/** An administrator's key, made on the machine itself. Brings the schema up to date. */
export async function createApiKey(environment: Record<string, string>): Promise<string> {
  const { PATH = '', HOME = '/' } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [appProgram('api', 'admin.js'), 'create-key', 'test', 'admin'],
    { env: { PATH, HOME, ...environment }, timeout: 30_000 },
  );
  const { secret } = JSON.parse(stdout) as { secret: string };
  return secret;
}
