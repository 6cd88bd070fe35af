import type { Readable } from 'node:stream';

export interface PutOptions {
  /** The blob is refused with `blob-too-large` as soon as it exceeds this. Unlimited when absent. */
  readonly sizeBytesMax?: number;
  /** Ends the put with `upload-aborted`, also while the source is silent. */
  readonly signal?: AbortSignal;
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
  /** Where native tools find or put the blob. The folder may not exist yet. */
  localPath(key: string): string;
  /** Removes what puts that died with their process left behind. Returns how many. */
  removeStaleParts(olderThanSeconds: number): Promise<number>;
  /** Bytes that can still be stored. */
  freeBytes(): Promise<number>;
}
