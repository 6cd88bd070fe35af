import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder in use is touched this often; one that nobody has touched for an hour belonged to a process that died. */
const TOUCH_MILLISECONDS = 600_000;
const STALE_SECONDS = 3600;

/** Room on the local disk for blobs on their way to or from somewhere else. Several processes may share the directory. */
export interface Spool {
  /** Gives a path in a folder that is removed when `use` has settled, with all that is in it then. */
  withPath<Result>(use: (path: string) => Promise<Result>): Promise<Result>;
  /** Removes what dead processes left. Returns how many. */
  removeStale(): Promise<number>;
  freeBytes(): Promise<number>;
}

export function createSpool(directory: string): Spool {
  return {
    async withPath(use) {
      const folder = join(directory, randomUUID());
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const touching = setInterval(() => {
        const now = new Date();
        utimes(folder, now, now).catch(() => undefined);
      }, TOUCH_MILLISECONDS);
      touching.unref();
      try {
        return await use(join(folder, 'blob'));
      } finally {
        clearInterval(touching);
        await rm(folder, { recursive: true, force: true });
      }
    },
    async removeStale() {
      const oldestKept = Date.now() - STALE_SECONDS * 1000;
      let removed = 0;
      for (const name of await readdir(directory).catch(() => [])) {
        const folder = join(directory, name);
        const facts = await stat(folder).catch(() => undefined);
        if (facts === undefined || facts.mtimeMs > oldestKept) continue;
        await rm(folder, { recursive: true, force: true });
        removed += 1;
      }
      return removed;
    },
    async freeBytes() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize;
    },
  };
}
