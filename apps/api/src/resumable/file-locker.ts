import path from 'node:path';
import { ERRORS } from '@tus/server';
import type { Lock, Locker, RequestRelease } from '@tus/server';
import { lock as lockFile } from 'proper-lockfile';

/** A lock whose holder died is free after this; a living holder says so more often. */
const STALE_MILLISECONDS = 15_000;
const UPDATE_MILLISECONDS = 5_000;
const RETRY_MILLISECONDS = 100;
const WAIT_MILLISECONDS_MAX = 20_000;

/**
 * One writer per upload, also when several servers share the spool directory. A client that comes back while its broken connection still counts as open asks the
 * holder to let go: at once in this process, and when the dead connection is noticed in another.
 */
export function createFileLocker(directory: string): Locker {
  const holders = new Map<string, RequestRelease>();
  return { newLock: (id) => createLock(path.join(directory, id), { id, holders }) };
}

function createLock(file: string, { id, holders }: { id: string; holders: Map<string, RequestRelease> }): Lock {
  let release: (() => Promise<void>) | undefined;
  return {
    async lock(signal, requestRelease) {
      const deadline = performance.now() + WAIT_MILLISECONDS_MAX;
      while (!signal.aborted && performance.now() < deadline) {
        release = await tryLock(file);
        if (release !== undefined) {
          holders.set(id, requestRelease);
          return;
        }
        await holders.get(id)?.();
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
      }
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the library's own way to answer
      throw ERRORS.ERR_LOCK_TIMEOUT;
    },
    async unlock() {
      holders.delete(id);
      await release?.();
    },
  };
}

async function tryLock(file: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lockFile(file, {
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
}
