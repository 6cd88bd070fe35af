import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a running server is and who may use it. Written for the other commands, readable by the owner only. */
export interface Credentials {
  url: string;
  apiKey: string;
}

/** What is running on a data directory right now. */
export interface RunningState {
  pid: number;
  apiUrl: string;
  consoleUrl: string | undefined;
  /** With the password: hence mode 0600. */
  databaseUrl: string;
  startedAt: string;
}

export const credentialsFile = (dataDirectory: string): string => join(dataDirectory, 'credentials.json');
export const runningFile = (dataDirectory: string): string => join(dataDirectory, 'up', 'running.json');
export const lockDirectoryOf = (dataDirectory: string): string => join(dataDirectory, 'up');
export const logDirectoryOf = (dataDirectory: string): string => join(dataDirectory, 'logs');
/** Its presence says that the sample was transcribed on the first start. */
export const sampleFile = (dataDirectory: string): string => join(dataDirectory, 'up', 'sample-shown.json');

export async function readCredentials(dataDirectory: string): Promise<Credentials | undefined> {
  return await readJson<Credentials>(credentialsFile(dataDirectory));
}

export async function readRunningState(dataDirectory: string): Promise<RunningState | undefined> {
  return await readJson<RunningState>(runningFile(dataDirectory));
}

async function readJson<Value>(path: string): Promise<Value | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Value;
  } catch {
    // Missing, or cut off by a crash: both mean that it has to be made anew.
    return undefined;
  }
}

/** Whole or not at all, and for the owner only. */
export async function writePrivateJson(path: string, value: unknown): Promise<void> {
  const part = `${path}.${String(process.pid)}`;
  await writeFile(part, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  await rename(part, path);
}

export async function prepareDataDirectory(dataDirectory: string): Promise<void> {
  await mkdir(dataDirectory, { recursive: true });
  await mkdir(lockDirectoryOf(dataDirectory), { recursive: true });
  await chmod(lockDirectoryOf(dataDirectory), 0o700);
}

export async function removeRunningState(dataDirectory: string): Promise<void> {
  await rm(runningFile(dataDirectory), { force: true });
}
