export { createFileStorage, type FileStorage, type FileStorageOptions } from './file-storage.js';
export { openStorage, type StorageSettings } from './open-storage.js';
export type { S3Settings } from './s3/s3-settings.js';
export { StorageError, type StorageErrorCode } from './storage-error.js';
export type { BlobFacts, ByteRange, ListedBlob, PutOptions, Storage, StoredBlob } from './storage.js';
