import { StorageError } from './storage-error.js';

const KEY_LENGTH_MAX = 512;
/** No segment begins with a dot: neither `..` nor the folder of unfinished parts can be named. */
const KEY_PATTERN = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

export function isStorageKey(key: string): boolean {
  return key.length <= KEY_LENGTH_MAX && KEY_PATTERN.test(key);
}

/** Returns the key's segments, or throws `key-invalid`. */
export function parseKey(key: string): readonly string[] {
  if (!isStorageKey(key)) {
    throw new StorageError(
      'key-invalid',
      `A storage key is a relative path of letters, digits, ".", "_" and "-" of at most ${KEY_LENGTH_MAX} characters, whose parts do not begin with a dot.`,
      { details: { key: key.slice(0, KEY_LENGTH_MAX) } },
    );
  }
  return key.split('/');
}

/** As parseKey, for a folder: may be empty (everything) and may end with a slash. */
export function parsePrefix(prefix: string): readonly string[] {
  const folder = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return folder === '' && prefix === '' ? [] : parseKey(folder);
}
