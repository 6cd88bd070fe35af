import { opendir, open, readdir, rm, stat, statfs, mkdir, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { putFile } from './put-file.js';
import { missingError, systemCodeOf, toStorageError } from './storage-error.js';
import { parseKey, parsePrefix } from './storage-key.js';
import type { BlobFacts, ByteRange, ListedBlob, Storage } from './storage.js';

const PARTS_FOLDER = '.parts';
const READ_BYTES = 256 * 1024;

export interface FileStorageOptions {
  /** Made when absent. Everything below it belongs to the storage. */
  readonly directory: string;
}

/** A storage whose blobs are files that can be named. */
export interface FileStorage extends Storage {
  /** Where the blob is, or would be. */
  localPath(key: string): string;
}

/** Keeps each blob as a file below a directory; unfinished ones grow in `.parts/` beside them. */
export function createFileStorage(options: FileStorageOptions): FileStorage {
  const directory = resolve(options.directory);
  const partsDirectory = join(directory, PARTS_FOLDER);
  const pathOf = (key: string): string => join(directory, ...parseKey(key));

  return {
    put: async (key, source, putOptions = {}) =>
      putFile({ key, path: pathOf(key), partsDirectory }, source, putOptions),
    get: (key, range) =>
      Readable.from(streamFile(pathOf(key), key, range), { objectMode: false, highWaterMark: READ_BYTES }),
    read: async (key, range) => readRange(pathOf(key), key, range),
    stat: async (key) => findFacts(pathOf(key), key),
    delete: async (key) => {
      const path = pathOf(key);
      await rm(path, { force: true }).catch((error: unknown) => {
        // A folder in the place of a file of the path: the blob does not exist.
        if (systemCodeOf(error) !== 'ENOTDIR') throw toStorageError(error, key);
      });
    },
    list: (prefix) => listFiles(directory, parsePrefix(prefix)),
    localPath: pathOf,
    readAsFile: async (key, use) => {
      const path = pathOf(key);
      if ((await findFacts(path, key)) === undefined) throw missingError(key);
      return use(path);
    },
    writeAsFile: async (key, write) => {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
        throw toStorageError(error, key);
      });
      return write(path);
    },
    removeStaleParts: async (olderThanSeconds) => removeStaleParts(partsDirectory, olderThanSeconds),
    freeBytes: async () => {
      await mkdir(directory, { recursive: true });
      const facts = await statfs(directory);
      return facts.bavail * facts.bsize;
    },
  };
}

async function* streamFile(
  path: string,
  key: string,
  range: ByteRange = { startByte: 0, lengthBytes: Number.POSITIVE_INFINITY },
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await openBlob(path, key);
  try {
    let position = range.startByte;
    let remainingBytes = range.lengthBytes;
    while (remainingBytes > 0) {
      const buffer = new Uint8Array(Math.min(READ_BYTES, remainingBytes));
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      remainingBytes -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function readRange(path: string, key: string, { startByte, lengthBytes }: ByteRange): Promise<Uint8Array> {
  const file = await openBlob(path, key);
  try {
    const { size } = await file.stat();
    const buffer = new Uint8Array(Math.max(0, Math.min(lengthBytes, size - startByte)));
    let filled = 0;
    while (filled < buffer.byteLength) {
      const { bytesRead } = await file.read(buffer, filled, buffer.byteLength - filled, startByte + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await file.close();
  }
}

async function openBlob(path: string, key: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw toStorageError(error, key);
  }
}

async function findFacts(path: string, key: string): Promise<BlobFacts | undefined> {
  try {
    const facts = await stat(path);
    return facts.isFile() ? { sizeBytes: facts.size, modifiedAt: facts.mtime } : undefined;
  } catch (error) {
    const systemCode = systemCodeOf(error);
    if (systemCode === 'ENOENT' || systemCode === 'ENOTDIR') return undefined;
    throw toStorageError(error, key);
  }
}

async function* listFiles(directory: string, folder: readonly string[]): AsyncGenerator<ListedBlob, void, undefined> {
  const path = join(directory, ...folder);
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw toStorageError(error, folder.join('/'));
  });
  entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const key = [...folder, entry.name];
    if (entry.isDirectory()) yield* listFiles(directory, key);
    if (!entry.isFile()) continue;
    const facts = await findFacts(join(path, entry.name), key.join('/'));
    // A blob deleted since the folder was read is no longer listed.
    if (facts !== undefined) yield { key: key.join('/'), ...facts };
  }
}

async function removeStaleParts(partsDirectory: string, olderThanSeconds: number): Promise<number> {
  const oldestKept = Date.now() - olderThanSeconds * 1000;
  let removed = 0;
  const folder = await opendir(partsDirectory).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw toStorageError(error, PARTS_FOLDER);
  });
  if (folder === undefined) return 0;
  for await (const entry of folder) {
    const path = join(partsDirectory, entry.name);
    // A growing part is young: its last write sets its time.
    const facts = await findFacts(path, entry.name);
    if (facts === undefined || facts.modifiedAt.getTime() > oldestKept) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}
