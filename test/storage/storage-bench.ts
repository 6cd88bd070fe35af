import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStorage, type S3Settings, type Storage } from '@voice-transcriber/storage';
import { startS3Server } from '@voice-transcriber/testkit';

/** A bucket of another server, for a run by hand against MinIO, Ceph or Amazon: `S3_TEST_ENDPOINT=… npm test -- test/storage`. */
const OUTSIDE = process.env['S3_TEST_ENDPOINT'];

export type StorageKind = 'files' | 's3';

export interface StorageBench {
  open(): Promise<Storage>;
  /** Every file that the storage or its server keeps, whatever its name; none where that cannot be seen. */
  filesLeft(): Promise<string[]>;
  stop(): Promise<void>;
}

/** A storage of either kind, with whatever it needs. */
export async function startStorageBench(kind: StorageKind): Promise<StorageBench> {
  const directory = await mkdtemp(join(tmpdir(), 'vt-storage-contract-'));
  const server = kind === 's3' ? await startS3Server({ directory: join(directory, 'server') }) : undefined;
  const settings = OUTSIDE === undefined ? server?.settings : outsideSettings(OUTSIDE);
  const s3: S3Settings | undefined =
    server && settings ? { ...settings, prefix: `contract/${randomUUID()}`, forcePathStyle: true } : undefined;
  return {
    open: () => openStorage({ directory: join(directory, 'storage'), s3 }),
    async filesLeft() {
      if (s3 !== undefined && OUTSIDE !== undefined) return [];
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
    async stop() {
      await server?.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function outsideSettings(endpoint: string) {
  const { S3_TEST_REGION = 'us-east-1', S3_TEST_BUCKET = 'voice', S3_TEST_KEY = '', S3_TEST_SECRET = '' } = process.env;
  const credentials = { accessKeyId: S3_TEST_KEY, secretAccessKey: S3_TEST_SECRET };
  return { endpoint, region: S3_TEST_REGION, bucket: S3_TEST_BUCKET, credentials };
}
