import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { examineContent, RefusedContent } from './examine-content.js';
import { abortedError, measureSource } from './measured-source.js';
import { toStorageError } from './storage-error.js';
import type { PutOptions, StoredBlob } from './storage.js';
import { writeWholeFile } from './write-whole-file.js';

export interface PutTarget {
  readonly key: string;
  /** Where the blob is to be. */
  readonly path: string;
  /** Where it grows; on the same file system, so that the rename is atomic. */
  readonly partsDirectory: string;
}

/**
 * Writes a source to a part file, then renames it into place. The file's bytes reach the disk before its name does, and its name before this returns, so
 * a loss of power leaves the whole blob or none.
 */
export async function putFile(
  target: PutTarget,
  source: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<StoredBlob> {
  const partPath = join(target.partsDirectory, randomUUID());
  const measured = measureSource(source, target.key, options);
  try {
    await mkdir(target.partsDirectory, { recursive: true });
    await writeWholeFile(partPath, measured.chunks);
    await examineContent(options, partPath);
    const folder = dirname(target.path);
    const firstCreated = await mkdir(folder, { recursive: true });
    options.signal?.throwIfAborted();
    await rename(partPath, target.path);
    await syncFolders(folder, firstCreated);
    return measured.facts();
  } catch (error) {
    await rm(partPath, { force: true });
    if (error instanceof RefusedContent) throw error.cause;
    if (options.signal?.aborted) throw abortedError(target.key, error);
    throw toStorageError(error, target.key);
  }
}

/** A new folder's entry lies in its parent: each one up to the first that existed before is written through. */
async function syncFolders(folder: string, firstCreated: string | undefined): Promise<void> {
  await syncFolder(folder);
  if (firstCreated === undefined) return;
  const last = dirname(firstCreated);
  for (let current = folder; current !== last && current !== dirname(current);) {
    current = dirname(current);
    await syncFolder(current);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
