export { createFileStorage, type FileStorageOptions } from './file-storage.js';
export { StorageError, type StorageErrorCode } from './storage-error.js';
export type { BlobFacts, ByteRange, ListedBlob, PutOptions, Storage, StoredBlob } from './storage.js';
