import type { Readable } from 'node:stream';

export interface PutOptions {
  /** The blob is refused with `blob-too-large` as soon as it exceeds this. Unlimited when absent. */
  readonly sizeBytesMax?: number;
  /** Ends the put with `upload-aborted`, also while the source is silent. */
  readonly signal?: AbortSignal;
  /** Given the whole content as a file before anything is stored. What it throws ends the put and comes through unchanged. */
  readonly examine?: (path: string) => Promise<void>;
}

export interface StoredBlob {
  readonly sizeBytes: number;
  /** Lower-case hex of the content. */
  readonly sha256: string;
}

/** A stretch of a blob. It may reach past the end: what exists is returned. */
export interface ByteRange {
  readonly startByte: number;
  readonly lengthBytes: number;
}

export interface BlobFacts {
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

export interface ListedBlob extends BlobFacts {
  readonly key: string;
}

/**
 * Blobs by key. A key is a relative path of letters, digits, `.`, `_` and `-`, for example `uploads/2026/11/<uuid>`; every method throws `key-invalid` for
 * any other. A blob is there whole or not at all: no reader ever sees a part of one.
 */
export interface Storage {
  /**
   * Stores what the source yields, hashing on the way, and returns when it is safe against a loss of power. Replaces an existing blob at once. On any
   * failure nothing is left, and the error is a StorageError: `storage-full`, `blob-too-large`, `upload-aborted` (the source failed or the signal fired),
   * `storage-failed`.
   */
  put(key: string, source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<StoredBlob>;
  /** Streams a blob or a stretch of it; the stream fails with `blob-missing` when there is none. */
  get(key: string, range?: ByteRange): Readable;
  /** Reads a stretch into memory; shorter than asked at the end of the blob. Throws `blob-missing`. */
  read(key: string, range: ByteRange): Promise<Uint8Array>;
  stat(key: string): Promise<BlobFacts | undefined>;
  /** Idempotent. */
  delete(key: string): Promise<void>;
  /** All blobs whose key begins with the prefix, which names whole folders (`uploads/2026`) or is empty. Sorted within each folder. */
  list(prefix: string): AsyncIterable<ListedBlob>;
  /** Lets a native tool read the blob as a file, which is there until `use` has settled. Throws `blob-missing`, and whatever `use` throws. */
  readAsFile<Result>(key: string, use: (path: string) => Promise<Result>): Promise<Result>;
  /**
   * Lets a native tool make the blob as a file: what it has written to the path, whole, when `write` resolves is stored under the key. The key must be one that
   * nobody reads before this returns. When `write` throws, that comes through and nothing is stored.
   */
  writeAsFile<Result>(key: string, write: (path: string) => Promise<Result>): Promise<Result>;
  /** Removes what puts that died with their process left behind. Returns how many. */
  removeStaleParts(olderThanSeconds: number): Promise<number>;
  /** Bytes that can still be taken in; where blobs lie elsewhere, as far as the local disk that they pass through allows. */
  freeBytes(): Promise<number>;
}
