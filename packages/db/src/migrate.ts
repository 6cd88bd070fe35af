import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as migrateSchema } from 'drizzle-orm/postgres-js/migrator';
import { runMigrations } from 'graphile-worker';
import postgres from 'postgres';
import { addExtensions } from './add-extensions.js';
import { connectionOptions } from './client.js';

/** Any constant will do, as long as it never changes: all starters must meet at the same lock. */
const MIGRATION_LOCK_KEY = 7_205_406_118;
const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../../drizzle', import.meta.url));
/** Others may migrate before us; a lock that is not free by then points at a hanging process. */
const LOCK_SECONDS_MAX = 120;

/**
 * Brings the schema up to date: our tables, then the queue's, so that every process can add jobs as soon as this returns.
 *
 * Safe to call from any number of processes at once: they take turns under an advisory lock, and all but the first find nothing to do.
 */
export async function migrate(url: string): Promise<void> {
  const options = connectionOptions('voice-transcriber-migrate');
  const client = postgres(url, {
    ...options,
    max: 1,
    max_lifetime: null,
    connection: { ...options.connection, statement_timeout: LOCK_SECONDS_MAX * 1000 },
  });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK_KEY})`;
    await addExtensions(client);
    await migrateSchema(drizzle(client), { migrationsFolder: MIGRATIONS_DIRECTORY });
    await runMigrations({ connectionString: url });
  } finally {
    // Closing the session frees the lock, also after an error.
    await client.end({ timeout: 5 });
  }
}
