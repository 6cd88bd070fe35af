import { join } from 'node:path';
import { createFileStorage } from './file-storage.js';
import type { S3Settings } from './s3/s3-settings.js';
import type { Storage } from './storage.js';

export interface StorageSettings {
  /** Where files are kept; with an object storage, what passes through the local disk. */
  readonly directory: string;
  /** Undefined: files. */
  readonly s3: S3Settings | undefined;
}

/** Opens the storage that the settings name. The client of an object storage is loaded only when it is used. */
export async function openStorage({ directory, s3 }: StorageSettings): Promise<Storage> {
  if (s3 === undefined) return createFileStorage({ directory });
  const { createS3Storage } = await import('./s3/s3-storage.js');
  return createS3Storage({ ...s3, spoolDirectory: join(directory, '.spool') });
}
