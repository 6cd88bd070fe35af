/** Everything that can be wrong when models are fetched, taken in, checked or removed. */
export const MODEL_STORE_ERROR_CODES = [
  'cancelled',
  'checksum-mismatch',
  'directory-unwritable',
  'disk-full',
  'download-stalled',
  'file-not-whisper',
  'file-too-large',
  'file-truncated',
  'mirror-answer-wrong',
  'mirror-refused',
  'mirror-unreachable',
  'model-embedded',
  'model-in-use',
  'model-installed',
  'model-missing',
  'model-unknown',
  'models-offline',
  'name-invalid',
  'name-reserved',
] as const;
export type ModelStoreErrorCode = (typeof MODEL_STORE_ERROR_CODES)[number];

export interface ModelStoreErrorOptions {
  /** `later`: the same call may succeed when made again. Default `never`. */
  readonly retry?: 'never' | 'later';
  readonly cause?: unknown;
}

/** A change of the model store that did not happen. Nothing half-done is left where models are looked for; `message` says what to do. */
export class ModelStoreError extends Error {
  override readonly name = 'ModelStoreError';
  readonly code: ModelStoreErrorCode;
  readonly retry: 'never' | 'later';

  constructor(code: ModelStoreErrorCode, message: string, { retry = 'never', cause }: ModelStoreErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retry = retry;
  }
}

/** What the file system says, in the store's words; anything else comes back as it is. */
export function toStorageError(error: unknown, directory: string): unknown {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ModelStoreError(
      'disk-full',
      `The disk of ${directory} is full. Free some space or set MODELS_DIR to another disk, then try again.`,
      { retry: 'later', cause: error },
    );
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code ?? '')) {
    return new ModelStoreError(
      'directory-unwritable',
      `${directory} cannot be written to (${String(code)}). Give this user the right to, or set MODELS_DIR to another directory.`,
      { cause: error },
    );
  }
  return error;
}
