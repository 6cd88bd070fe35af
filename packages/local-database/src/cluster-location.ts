import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SYSTEM_DIRECTORY } from './binaries.js';
import type { Account } from './account.js';
import { canEnter } from './system-account.js';

/**
 * The directory of the cluster's files. Normally `<directory>/cluster`. When the account cannot enter `directory`, the
 * cluster lives below /var/lib, and the file `cluster-location` in `directory` says where, so that a directory which is
 * moved or renamed later keeps its data.
 */
export async function locateCluster(directory: string, account: Account | undefined): Promise<string> {
  const recorded = await readFile(locationFile(directory), 'utf8').catch(() => undefined);
  if (recorded?.trim()) return recorded.trim();
  if (!account || (await canEnter(directory, account))) return join(directory, 'cluster');
  const name = createHash('sha256')
    .update(await realpath(directory))
    .digest('hex')
    .slice(0, 16);
  const relocated = join(SYSTEM_DIRECTORY, 'clusters', name, 'cluster');
  await writeFile(locationFile(directory), `${relocated}\n`);
  return relocated;
}

/** Makes `directory` enterable by the account as far as it is ours to open: its parents are left as they are. */
export async function prepareDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  if (process.getuid?.() === 0) await chmod(directory, 0o711);
}

export async function recordedLocation(directory: string): Promise<string> {
  const recorded = await readFile(locationFile(directory), 'utf8').catch(() => undefined);
  return recorded?.trim() ? recorded.trim() : join(directory, 'cluster');
}

function locationFile(directory: string): string {
  return join(directory, 'cluster-location');
}
