import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { isStorageKey } from '../storage-key.js';
import type { BlobFacts, ByteRange, ListedBlob } from '../storage.js';
import { isMissing, isNotImplemented, isPastEnd, toS3Error } from './s3-error.js';

/** At most 10,000 parts make an object: up to 80 GB with these. Two are in memory for each upload. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
const READ_ATTEMPTS_MAX = 3;
/** No upload of ours takes that long. Younger ones may be of a process that lives. */
const UPLOAD_SECONDS_MAX = 86_400;

/** The requests to one bucket, on our keys. Everything but `upload` throws StorageErrors. */
export interface Bucket {
  /** The object appears when all of it is there. On a failure, which is thrown as it came, nothing is left. */
  upload(key: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  read(key: string, range: ByteRange): Promise<Uint8Array>;
  stat(key: string): Promise<BlobFacts | undefined>;
  delete(key: string): Promise<void>;
  list(folder: string): AsyncIterable<ListedBlob>;
  /** Gives up uploads that a dead process began. Returns how many. */
  abortUploads(olderThanSeconds: number): Promise<number>;
}

export interface BucketOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
}

export function createBucket({ client, bucket: Bucket, prefix }: BucketOptions): Bucket {
  const root = prefix === '' ? '' : `${prefix}/`;
  const target = (key: string): { Bucket: string; Key: string } => ({ Bucket, Key: root + key });
  return {
    upload: async (key, chunks) => {
      const upload = new Upload({
        client,
        params: { ...target(key), Body: Readable.from(chunks, { objectMode: false }) },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
      });
      await upload.done();
    },
    read: async (key, range) => readRange(client, target(key), { key, range }),
    stat: async (key) => {
      try {
        const { ContentLength = 0, LastModified = new Date(0) } = await client.send(new HeadObjectCommand(target(key)));
        return { sizeBytes: ContentLength, modifiedAt: LastModified };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw toS3Error(error, key);
      }
    },
    delete: async (key) => {
      try {
        await client.send(new DeleteObjectCommand(target(key)));
      } catch (error) {
        if (!isMissing(error)) throw toS3Error(error, key);
      }
    },
    list: (folder) => listObjects(client, { Bucket, root, folder }),
    abortUploads: async (olderThanSeconds) => {
      const youngest = Date.now() - Math.max(olderThanSeconds, UPLOAD_SECONDS_MAX) * 1000;
      return abortUploads(client, { Bucket, root, youngest });
    },
  };
}

/** A connection may break in the middle of the answer, which the client library leaves to its caller. */
async function readRange(
  client: S3Client,
  target: { Bucket: string; Key: string },
  { key, range: { startByte, lengthBytes } }: { readonly key: string; readonly range: ByteRange },
): Promise<Uint8Array> {
  // A range of no bytes cannot be asked for, but the blob must be there.
  const lastByte = startByte + Math.max(lengthBytes, 1) - 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { Body } = await client.send(new GetObjectCommand({ ...target, Range: `bytes=${startByte}-${lastByte}` }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array(0);
      return bytes.subarray(0, lengthBytes);
    } catch (error) {
      if (isPastEnd(error)) return new Uint8Array(0);
      const isBroken = error instanceof Error && !('$fault' in error);
      if (!isBroken || attempt === READ_ATTEMPTS_MAX) throw toS3Error(error, key);
    }
  }
}

async function* listObjects(
  client: S3Client,
  { Bucket, root, folder }: { readonly Bucket: string; readonly root: string; readonly folder: string },
): AsyncGenerator<ListedBlob, void, undefined> {
  const Prefix = root + (folder === '' ? '' : `${folder}/`);
  let ContinuationToken: string | undefined;
  do {
    const page = await client
      .send(new ListObjectsV2Command({ Bucket, Prefix, ...(ContinuationToken && { ContinuationToken }) }))
      .catch((error: unknown) => {
        throw toS3Error(error, folder);
      });
    for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
      const key = Key.slice(root.length);
      // Others may keep objects in the bucket too.
      if (isStorageKey(key)) yield { key, sizeBytes: Size, modifiedAt: LastModified };
    }
    ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}

async function abortUploads(
  client: S3Client,
  { Bucket, root, youngest }: { readonly Bucket: string; readonly root: string; readonly youngest: number },
): Promise<number> {
  let removed = 0;
  try {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: root }));
    for (const { Key, UploadId, Initiated } of Uploads) {
      if (Initiated === undefined || Initiated.getTime() > youngest) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      removed += 1;
    }
  } catch (error) {
    // Then a rule of the bucket has to do it.
    if (!isNotImplemented(error)) throw toS3Error(error, root);
  }
  return removed;
}
