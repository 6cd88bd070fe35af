import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import type { Queryable } from './client.js';

const JOURNAL = fileURLToPath(new URL('../../../drizzle/meta/_journal.json', import.meta.url));

export interface MigrationState {
  readonly applied: number;
  /** Of this version, not applied yet. */
  readonly pending: number;
  /** Whether the database has migrations that this version does not know. */
  readonly isNewer: boolean;
}

/** How far the schema of a database is, beside what this version brings. An empty database has everything pending. */
export async function readMigrationState(db: Queryable): Promise<MigrationState> {
  const { entries } = JSON.parse(await readFile(JOURNAL, 'utf8')) as { entries: { when: number }[] };
  const known = entries.map(({ when }) => when);
  const [table] = await db.execute<{ exists: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`,
  );
  if (table?.exists !== true) return { applied: 0, pending: known.length, isNewer: false };
  const rows = await db.execute<{ at: number }>(sql`select created_at::float8 as at from drizzle.__drizzle_migrations`);
  const applied = [...rows].map(({ at }) => at);
  const newest = Math.max(0, ...applied);
  // The migrator goes by the newest one that was applied, as does this.
  return {
    applied: applied.length,
    pending: known.filter((when) => when > newest).length,
    isNewer: newest > Math.max(...known),
  };
}
