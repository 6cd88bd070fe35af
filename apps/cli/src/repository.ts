import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The root of the installation. */
export const REPOSITORY_DIRECTORY = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** A public-domain recording of eleven seconds, and what is said in it. */
export const SAMPLE = {
  audioPath: join(REPOSITORY_DIRECTORY, 'test', 'fixtures', 'audio', 'jfk.flac'),
  textPath: join(REPOSITORY_DIRECTORY, 'test', 'fixtures', 'audio', 'jfk.txt'),
};

export function appProgram(app: 'api' | 'worker', file: string): string {
  return join(REPOSITORY_DIRECTORY, 'apps', app, 'dist', file);
}

export const CONSOLE_DIRECTORY = join(REPOSITORY_DIRECTORY, 'apps', 'console');
