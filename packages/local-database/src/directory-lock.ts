import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalDatabaseError } from './errors.js';
import { isAlive, processStart } from './processes.js';

interface Holder {
  pid: number;
  start: string | undefined;
  id: string;
}

export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * One starter per directory. The lock names its process; when that process is gone, however it ended, the next starter
 * takes the lock over.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const file = join(directory, 'lock.json');
  const holder: Holder = { pid: process.pid, start: await processStart(process.pid), id: randomUUID() };
  const own = `${file}.${holder.id}`;
  await writeFile(own, JSON.stringify(holder));
  try {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      // link() is the one call that creates a whole file under a name or fails because there is one.
      const created = await link(own, file).then(
        () => true,
        () => false,
      );
      if (created)
        return {
          release: async () => {
            await releaseLock(file, holder.id);
          },
        };
      const other = await readHolder(file);
      if (other && (await isHeld(other))) {
        throw new LocalDatabaseError(
          'directory-in-use',
          `${directory} is in use by process ${String(other.pid)}. Stop that process, or use another data directory (DATA_DIR).`,
          { holderPid: other.pid },
        );
      }
      await removeStale(file, other?.id);
    }
  } finally {
    await rm(own, { force: true });
  }
  throw new LocalDatabaseError('directory-in-use', `Several processes take ${directory} at once. Start one only.`);
}

async function isHeld(holder: Holder): Promise<boolean> {
  return isAlive(holder.pid) && (await processStart(holder.pid)) === holder.start;
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

async function removeStale(file: string, staleId: string | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(() => undefined);
  const taken = await readHolder(aside);
  // Another starter may have replaced the stale lock between the look and the rename: put its lock back.
  if (taken && taken.id !== staleId) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function releaseLock(file: string, id: string): Promise<void> {
  if ((await readHolder(file))?.id === id) await rm(file, { force: true });
}
