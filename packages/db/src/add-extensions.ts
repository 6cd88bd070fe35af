import type postgres from 'postgres';

export type DatabaseSetupErrorCode = 'extension-missing' | 'extension-denied';

/** The database cannot hold the schema as it is. The message says what its administrator has to do. */
export class DatabaseSetupError extends Error {
  override readonly name = 'DatabaseSetupError';
  readonly code: DatabaseSetupErrorCode;

  constructor(code: DatabaseSetupErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** SQLSTATEs: the server has no such files; older servers say it in the words of the file system. */
const NO_FILES = ['0A000', '58P01'];
const NO_RIGHT = '42501';

/** What indexes of ours need. Nothing happens where it is already there, also not when we would have no right to add it. */
export async function addExtensions(client: postgres.Sql): Promise<void> {
  try {
    // Trusted since PostgreSQL 13: whoever may create in the database may add it.
    await client`create extension if not exists pg_trgm`;
  } catch (error) {
    throw describeFailure(error);
  }
}

function describeFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === NO_RIGHT) {
    return new DatabaseSetupError(
      'extension-denied',
      'This user may not add the extension pg_trgm, which the search by filename needs. Run "create extension pg_trgm" in this database as its owner or as an administrator, then start again.',
      error,
    );
  }
  if (typeof code === 'string' && NO_FILES.includes(code)) {
    return new DatabaseSetupError(
      'extension-missing',
      'This PostgreSQL does not bring the extension pg_trgm, which the search by filename needs. Install its additional modules (the package is mostly called postgresql-contrib) or allow the extension in the settings of the service, then start again.',
      error,
    );
  }
  return error;
}
