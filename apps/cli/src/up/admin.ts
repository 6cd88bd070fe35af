import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { appProgram } from '../repository.js';

const ADMIN_MILLISECONDS = 60_000;

/** An administrator's command of the API, run against the database itself: no key is needed. */
async function runAdmin<Result>(env: NodeJS.ProcessEnv, commandArguments: readonly string[]): Promise<Result> {
  const { stdout } = await promisify(execFile)(process.execPath, [appProgram('api', 'admin.js'), ...commandArguments], {
    env,
    timeout: ADMIN_MILLISECONDS,
  });
  return JSON.parse(stdout) as Result;
}

export async function createApiKey(env: NodeJS.ProcessEnv): Promise<string> {
  const { secret } = await runAdmin<{ secret: string }>(env, ['create-key', 'vt', 'admin']);
  return secret;
}

/** A link that signs in to the console once. */
export async function createSignInLink(env: NodeJS.ProcessEnv, consoleUrl: string): Promise<string> {
  const { url } = await runAdmin<{ url: string }>(env, ['sign-in-link']);
  const { pathname, search, hash } = new URL(url);
  // On the console's own address: the session cookie is kept only by the site that the API is on too.
  return `${consoleUrl}${pathname}${search}${hash}`;
}
