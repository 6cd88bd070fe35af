import { ERRORS } from '@tus/server';
import type { Lock, Locker, RequestRelease } from '@tus/server';

const RETRY_MILLISECONDS = 100;
const WAIT_MILLISECONDS_MAX = 20_000;

/** Takes the lock of an upload, also against other servers. Undefined: somebody has it. */
export type TryLock = (id: string) => Promise<(() => Promise<void>) | undefined>;

/**
 * One writer per upload, also when several servers share the uploads. A client that comes back while its broken connection still counts as open asks the
 * holder to let go: at once in this process, and when the dead connection is noticed in another.
 */
export function createUploadLocker(tryLock: TryLock): Locker {
  const holders = new Map<string, RequestRelease>();
  return { newLock: (id) => createLock(id, { tryLock, holders }) };
}

function createLock(
  id: string,
  { tryLock, holders }: { readonly tryLock: TryLock; readonly holders: Map<string, RequestRelease> },
): Lock {
  let release: (() => Promise<void>) | undefined;
  return {
    async lock(signal, requestRelease) {
      const deadline = performance.now() + WAIT_MILLISECONDS_MAX;
      while (!signal.aborted && performance.now() < deadline) {
        release = await tryLock(id);
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
