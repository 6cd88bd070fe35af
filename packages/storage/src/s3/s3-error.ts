import { missingError, StorageError, systemCodeOf, toStorageError } from '../storage-error.js';

interface ServiceFailure extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const FIXES: Readonly<Record<string, string>> = {
  NoSuchBucket: 'There is no such bucket: make it, or correct S3_BUCKET.',
  AccessDenied: 'The key may not do this: allow it to read, write, delete and list in the bucket.',
  InvalidAccessKeyId: 'The server does not know the key: correct S3_ACCESS_KEY_ID.',
  SignatureDoesNotMatch:
    'The secret does not fit the key: correct S3_SECRET_ACCESS_KEY, and check the clock of this machine.',
  RequestTimeTooSkewed: 'The clock of this machine is wrong: set it.',
  CredentialsProviderError: 'No key was found: set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.',
};
const FULL_CODES = ['QuotaExceeded', 'XMinioStorageFull', 'InsufficientStorage', 'InsufficientCapacity'];
const LOCAL_DISK_CODES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'];
const MISSING_CODES = ['NoSuchKey', 'NotFound'];

/** Turns a failure of the object storage or of the way to it into a StorageError. */
export function toS3Error(error: unknown, key: string): StorageError {
  if (error instanceof StorageError || !(error instanceof Error)) return toStorageError(error, key);
  if (MISSING_CODES.includes(error.name)) return missingError(key, error);
  const status = (error as ServiceFailure).$metadata?.httpStatusCode;
  if (FULL_CODES.includes(error.name) || status === 507) {
    const message = 'The object storage is full. Free space there or raise its quota, then try again.';
    return new StorageError('storage-full', message, { details: { key }, cause: error });
  }
  // The local disk that blobs pass through has failures of its own.
  if ('path' in error || LOCAL_DISK_CODES.includes(systemCodeOf(error) ?? '')) return toStorageError(error, key);
  const code = error.name === 'Error' ? error.message : error.name;
  const fix = FIXES[error.name] ?? 'Check that it runs, S3_ENDPOINT and the network between.';
  return new StorageError('storage-failed', `The object storage could not be used (${code}). ${fix}`, {
    details: { key, code, ...(status === undefined ? {} : { status }) },
    cause: error,
  });
}

/** Whether the server has no such blob; a HEAD request has no body that could tell a missing bucket from it. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && MISSING_CODES.includes(error.name);
}

/** The range begins behind the last byte. */
export function isPastEnd(error: unknown): boolean {
  return error instanceof Error && (error as ServiceFailure).$metadata?.httpStatusCode === 416;
}

/** The server leaves this part of the protocol out. */
export function isNotImplemented(error: unknown): boolean {
  return error instanceof Error && [405, 501].includes((error as ServiceFailure).$metadata?.httpStatusCode ?? 0);
}
