import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StorageError, toStorageError } from './storage-error.js';
import type { PutOptions, StoredBlob } from './storage.js';

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
  try {
    await mkdir(target.partsDirectory, { recursive: true });
    const blob = await writePart(partPath, target.key, source, options);
    const folder = dirname(target.path);
    const firstCreated = await mkdir(folder, { recursive: true });
    options.signal?.throwIfAborted();
    await rename(partPath, target.path);
    await syncFolders(folder, firstCreated);
    return blob;
  } catch (error) {
    await rm(partPath, { force: true });
    if (options.signal?.aborted) throw abortedError(target.key, error);
    throw toStorageError(error, target.key);
  }
}

async function writePart(
  partPath: string,
  key: string,
  source: AsyncIterable<Uint8Array>,
  { sizeBytesMax = Number.POSITIVE_INFINITY, signal }: PutOptions,
): Promise<StoredBlob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const chunks = abortable(source, key, signal);
  const file = await open(partPath, 'wx');
  try {
    for await (const chunk of chunks) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > sizeBytesMax) throw tooLargeError(key, sizeBytesMax);
      hash.update(chunk);
      await writeAll(file, chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < chunk.byteLength) {
    const { bytesWritten } = await file.write(chunk, offset);
    offset += bytesWritten;
  }
}

/** Yields the source's chunks; a failing source and a fired signal become `upload-aborted`. A silent source cannot hold the caller after an abort. */
async function* abortable(
  source: AsyncIterable<Uint8Array>,
  key: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let finished = false;
  try {
    for (;;) {
      const next = await nextChunk(iterator, key, signal);
      if (next.done === true) {
        finished = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited: a generator that waits for a dead client would never answer.
    if (!finished) iterator.return?.().then(undefined, () => undefined);
  }
}

/** One listener per chunk, not one promise raced by all: a race keeps every value it has seen alive as long as its longest runner. */
async function nextChunk(
  iterator: AsyncIterator<Uint8Array>,
  key: string,
  signal: AbortSignal | undefined,
): Promise<IteratorResult<Uint8Array>> {
  if (signal?.aborted) throw abortedError(key, signal.reason);
  let onAbort = (): void => undefined;
  try {
    return await new Promise((resolve, reject) => {
      onAbort = () => reject(abortedError(key, signal?.reason));
      signal?.addEventListener('abort', onAbort, { once: true });
      iterator.next().then(resolve, (error: unknown) => reject(abortedError(key, error)));
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
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

function abortedError(key: string, cause: unknown): StorageError {
  if (cause instanceof StorageError && cause.code === 'upload-aborted') return cause;
  return new StorageError('upload-aborted', 'The upload ended before the whole file had arrived. Send it again.', {
    details: { key },
    cause,
  });
}

function tooLargeError(key: string, sizeBytesMax: number): StorageError {
  return new StorageError(
    'blob-too-large',
    `The file is larger than the ${sizeBytesMax} bytes allowed. Send a smaller or more strongly compressed one, or raise the limit.`,
    { details: { key, sizeBytesMax } },
  );
}
