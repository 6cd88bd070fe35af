import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { examineContent, RefusedContent } from '../examine-content.js';
import { abortable, abortedError, measureSource } from '../measured-source.js';
import { parseKey, parsePrefix } from '../storage-key.js';
import type { PutOptions, Storage, StoredBlob } from '../storage.js';
import { writeWholeFile } from '../write-whole-file.js';
import { createBucket, type Bucket } from './bucket.js';
import { toS3Error } from './s3-error.js';
import type { S3Settings } from './s3-settings.js';
import { createSpool, type Spool } from './spool.js';

/** A blob is read in requests of this size: each can be tried again, and a reader that pauses holds no connection. */
const READ_BYTES = 8 * 1024 * 1024;

const CONNECT_MILLISECONDS_MAX = 5000;
const SILENCE_MILLISECONDS_MAX = 30_000;
const ATTEMPTS_MAX = 4;

export interface S3StorageOptions extends S3Settings {
  /** On the local disk; blobs that a native tool reads or makes, and uploads that are looked at first, pass through it. */
  readonly spoolDirectory: string;
}

/** Keeps each blob as an object of a bucket. Throws `storage-failed` when the bucket cannot be used. */
export async function createS3Storage(options: S3StorageOptions): Promise<Storage> {
  const { endpoint, credentials } = options;
  const client = new S3Client({
    region: options.region,
    forcePathStyle: options.forcePathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: ATTEMPTS_MAX,
    // The newer checksums are unknown to many servers that speak the protocol; the content is hashed by us.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MILLISECONDS_MAX,
      requestTimeout: SILENCE_MILLISECONDS_MAX,
      socketTimeout: SILENCE_MILLISECONDS_MAX,
      throwOnRequestTimeout: true,
    },
  });
  // The least request whose refusal says why: an answer to HEAD has no body.
  const look = new ListObjectsV2Command({ Bucket: options.bucket, Prefix: options.prefix, MaxKeys: 1 });
  await client.send(look).catch((error: unknown) => {
    throw toS3Error(error, options.bucket);
  });
  return createStorage(createBucket({ client, ...options }), createSpool(options.spoolDirectory));
}

function createStorage(bucket: Bucket, spool: Spool): Storage {
  return {
    put: async (key, source, putOptions = {}) => {
      parseKey(key);
      return putBlob({ bucket, spool, key }, source, putOptions);
    },
    get: (key, range) => {
      parseKey(key);
      const { startByte = 0, lengthBytes = Number.POSITIVE_INFINITY } = range ?? {};
      return Readable.from(streamBlob(bucket, key, { startByte, lengthBytes }), { objectMode: false });
    },
    read: async (key, range) => {
      parseKey(key);
      return bucket.read(key, range);
    },
    stat: async (key) => {
      parseKey(key);
      return bucket.stat(key);
    },
    delete: async (key) => {
      parseKey(key);
      await bucket.delete(key);
    },
    list: (prefix) => bucket.list(parsePrefix(prefix).join('/')),
    readAsFile: async (key, use) => {
      parseKey(key);
      return spool.withPath(async (path) => {
        const whole = streamBlob(bucket, key, { startByte: 0, lengthBytes: Number.POSITIVE_INFINITY });
        await explained(key, () => writeWholeFile(path, whole));
        return use(path);
      });
    },
    writeAsFile: async (key, write) => {
      parseKey(key);
      return spool.withPath(async (path) => {
        const result = await write(path);
        await explained(key, () => bucket.upload(key, createReadStream(path)));
        return result;
      });
    },
    removeStaleParts: async (olderThanSeconds) =>
      (await bucket.abortUploads(olderThanSeconds)) + (await spool.removeStale()),
    freeBytes: () => spool.freeBytes(),
  };
}

/** What is examined lies on the local disk first, so that a refused file never reaches the bucket; everything else streams through. */
async function putBlob(
  { bucket, spool, key }: { readonly bucket: Bucket; readonly spool: Spool; readonly key: string },
  source: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<StoredBlob> {
  const measured = measureSource(source, key, options);
  try {
    if (options.examine === undefined) await bucket.upload(key, measured.chunks);
    else {
      await spool.withPath(async (path) => {
        await writeWholeFile(path, measured.chunks);
        await examineContent(options, path);
        await bucket.upload(key, abortable(createReadStream(path), key, options.signal));
      });
    }
    return measured.facts();
  } catch (error) {
    if (error instanceof RefusedContent) throw error.cause;
    if (options.signal?.aborted) throw abortedError(key, error);
    throw toS3Error(error, key);
  }
}

async function* streamBlob(
  bucket: Bucket,
  key: string,
  { startByte, lengthBytes }: { readonly startByte: number; readonly lengthBytes: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = startByte;
  let remainingBytes = lengthBytes;
  while (remainingBytes > 0) {
    const asked = Math.min(READ_BYTES, remainingBytes);
    const bytes = await bucket.read(key, { startByte: position, lengthBytes: asked });
    if (bytes.byteLength > 0) yield bytes;
    if (bytes.byteLength < asked) return;
    position += bytes.byteLength;
    remainingBytes -= bytes.byteLength;
  }
}

async function explained(key: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw toS3Error(error, key);
  }
}
