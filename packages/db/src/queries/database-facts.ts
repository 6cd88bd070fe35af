import { desc, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { modelSpeeds } from '../schema/index.js';

export interface DatabaseFacts {
  readonly version: string;
  readonly sizeBytes: number;
  /** Of all programs to this database, and how many the server allows. */
  readonly connections: number;
  readonly connectionsMax: number;
}

export async function readDatabaseFacts(db: Queryable): Promise<DatabaseFacts> {
  const [row] = await db.execute<DatabaseFacts & Record<string, unknown>>(sql`
    select current_setting('server_version') as "version", pg_database_size(current_database())::float8 as "sizeBytes",
      (select count(*)::int from pg_stat_activity where datname = current_database()) as "connections",
      current_setting('max_connections')::int as "connectionsMax"`);
  if (row === undefined) throw new Error('The database said nothing about itself.');
  return row;
}

export type ModelSpeedRow = typeof modelSpeeds.$inferSelect;

/** Of all machines, fastest first. */
export async function listModelSpeeds(db: Queryable): Promise<ModelSpeedRow[]> {
  return db.select().from(modelSpeeds).orderBy(desc(modelSpeeds.audioSecondsPerSecond));
}
