import path from 'node:path';
import { lock as lockFile } from 'proper-lockfile';
import type { TryLock } from './upload-locker.js';

/** A lock whose holder died is free after this; a living holder says so more often. */
const STALE_MILLISECONDS = 15_000;
const UPDATE_MILLISECONDS = 5_000;

/** Locks as files beside the uploads, for servers that share the folder. */
export function createFileLocks(directory: string): TryLock {
  return async (id) => {
    try {
      return await lockFile(path.join(directory, id), {
        // The upload's file may not be there yet, or not any more.
        realpath: false,
        stale: STALE_MILLISECONDS,
        update: UPDATE_MILLISECONDS,
        // Losing the lock (a process that stood still) shows at the next write: offsets are checked on every request.
        onCompromised: () => undefined,
      });
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ELOCKED') return undefined;
      throw error;
    }
  };
}
