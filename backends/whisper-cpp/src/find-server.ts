import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from './settings.js';

/** What the build wrote beside the server about itself. */
export interface BuildStamp {
  readonly source: string;
  readonly compiler: string;
  readonly instructions: readonly string[];
  readonly options: Readonly<Record<string, string>>;
}

export interface FoundServer {
  readonly path: string;
  readonly origin: 'configured' | 'built' | 'path';
  /** Only of our own build. */
  readonly stamp?: BuildStamp;
}

const BUILD_DIRECTORY = path.join('node_modules', '.cache', 'voice-transcriber', 'whisper-cpp', 'current');
const STAMP_NAME = 'voice-transcriber-build.json';

/** The configured server, else the one that `npm run build:whisper-cpp` made, else the one on PATH. */
export async function findServer({ configuredPath, foundPath }: Settings): Promise<FoundServer | undefined> {
  if (configuredPath !== undefined) return { path: configuredPath, origin: 'configured' };
  return (await findBuilt()) ?? (foundPath === undefined ? undefined : { path: foundPath, origin: 'path' });
}

/** The build lies in the node_modules of the folder that this module was installed in, or of one above it. */
async function findBuilt(): Promise<FoundServer | undefined> {
  let directory = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(directory, BUILD_DIRECTORY))) {
    const parent = path.dirname(directory);
    if (parent === directory) return undefined;
    directory = parent;
  }
  // The link may point elsewhere tomorrow; servers that are started again shall be the same program.
  const build = realpathSync(path.join(directory, BUILD_DIRECTORY));
  const text = await readFile(path.join(build, STAMP_NAME), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return { path: path.join(build, 'whisper-server'), origin: 'built', stamp: JSON.parse(text) as BuildStamp };
}
