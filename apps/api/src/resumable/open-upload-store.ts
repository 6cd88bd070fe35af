import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { FileStore } from '@tus/file-store';
import type { Locker } from '@tus/server';
import type { Config } from '@voice-transcriber/config';
import type { Storage } from '@voice-transcriber/storage';
import { createDatabaseLocks } from './database-locks.js';
import { createFileLocks } from './file-locks.js';
import { PieceStore } from './piece-store.js';
import { UPLOAD_VALID_SECONDS, type UploadStore } from './resumable-uploads.js';
import { createUploadLocker } from './upload-locker.js';

export interface OpenUploadStore {
  readonly store: UploadStore;
  readonly locker: Locker;
  close(): Promise<void>;
}

/** Where uploads are kept that arrive in pieces: beside the recordings, wherever these are, so that servers which share those share these too. */
export async function openUploadStore(options: {
  readonly config: Config;
  readonly storage: Storage;
  readonly databaseUrl: string;
}): Promise<OpenUploadStore> {
  const { config, storage, databaseUrl } = options;
  const expirationPeriodInMilliseconds = UPLOAD_VALID_SECONDS * 1000;
  if (config.storage.s3 !== undefined) {
    const locks = createDatabaseLocks(databaseUrl);
    const store = new PieceStore({ storage, expirationPeriodInMilliseconds });
    return { store, locker: createUploadLocker(locks.tryLock), close: () => locks.close() };
  }
  const directory = path.join(config.storage.directory, '.resumable');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return {
    store: new FileStore({ directory, expirationPeriodInMilliseconds }),
    locker: createUploadLocker(createFileLocks(directory)),
    close: () => Promise.resolve(),
  };
}
