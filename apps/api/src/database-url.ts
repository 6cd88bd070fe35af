import type { Config } from '@voice-transcriber/config';

export function requireDatabaseUrl({ databaseUrl }: Config): string {
  if (databaseUrl !== undefined) return databaseUrl;
  throw new Error(
    'DATABASE_URL is not set. Start everything with "npm start", which brings a database, or set it to the address of a PostgreSQL.',
  );
}
