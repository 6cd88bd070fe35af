export type LocalDatabaseErrorCode =
  | 'binaries-missing'
  | 'system-user-missing'
  | 'directory-in-use'
  | 'version-mismatch'
  | 'password-missing'
  | 'initialise-failed'
  | 'start-failed';

/** A local database that could not be started. The message names the cause and what to do about it. */
export class LocalDatabaseError extends Error {
  readonly code: LocalDatabaseErrorCode;
  /** With 'directory-in-use': the process that has the directory. */
  readonly holderPid: number | undefined;

  constructor(code: LocalDatabaseErrorCode, message: string, options?: { cause?: unknown; holderPid?: number }) {
    super(message, options);
    this.name = 'LocalDatabaseError';
    this.code = code;
    this.holderPid = options?.holderPid;
  }
}
