import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_DIRECTORY } from './repository.js';

/**
 * The path of a clip in the collection of recordings that may lie beside the repository (../shared/audio/dev), or undefined
 * when it is not there. Tests that need it say so by name instead of passing in silence.
 */
export function sharedAudio(name: string): string | undefined {
  const path = join(REPOSITORY_DIRECTORY, '..', 'shared', 'audio', 'dev', name);
  return existsSync(path) ? path : undefined;
}
