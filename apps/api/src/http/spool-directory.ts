import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const SPOOL_FILE = /^capacitor-[0-9a-f]+\.tmp$/;

/**
 * Makes the multipart parser spool onto the data volume, whose free space is checked before an upload begins, and not onto a /tmp that may be
 * memory. The parser asks os.tmpdir() for each file and offers no other way, so the process's own notion of it is set.
 */
export async function useSpoolDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });

  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = directory;
}

/**
 * Removes what processes that were killed in the middle of an upload left behind. A file that is being received is written to all the time, so
 * one that nobody has touched for long has nobody. Several processes may share the directory.
 */
export async function removeStaleSpoolFiles(
  directory: string,
  { olderThanSeconds }: { olderThanSeconds: number },
): Promise<number> {
  const names = (await readdir(directory)).filter((name) => SPOOL_FILE.test(name));
  let removed = 0;
  for (const name of names) {
    const path = join(directory, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts === undefined || Date.now() - facts.mtimeMs < olderThanSeconds * 1000) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}
