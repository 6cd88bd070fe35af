export type StorageErrorCode =
  'storage-full' | 'storage-failed' | 'blob-too-large' | 'blob-missing' | 'upload-aborted' | 'key-invalid';

/** Why a blob could not be stored or read. The message tells a person what to do. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: StorageErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Turns a failure of the file system into a StorageError; one that already is comes back unchanged. */
export function toStorageError(error: unknown, key: string): StorageError {
  if (error instanceof StorageError) return error;
  const systemCode = systemCodeOf(error);
  if (systemCode === 'ENOSPC' || systemCode === 'EDQUOT') {
    return new StorageError('storage-full', 'The storage is full. Free space on its disk, then try again.', {
      details: { key },
      cause: error,
    });
  }
  if (systemCode === 'ENOENT') return missingError(key, error);
  const reason = error instanceof Error ? error.message : String(error);
  return new StorageError(
    'storage-failed',
    `The storage could not be used: ${reason}. Check its disk and its rights.`,
    {
      details: { key },
      cause: error,
    },
  );
}

export function missingError(key: string, cause?: unknown): StorageError {
  return new StorageError('blob-missing', `There is no stored file "${key}". It may have been deleted.`, {
    details: { key },
    cause,
  });
}

export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
