import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@voice-transcriber/db';
import { type LocalDatabase, startLocalDatabase } from '@voice-transcriber/local-database';
import postgres from 'postgres';
import { quietLogger } from './quiet-logger.js';

export const TEMPLATE_DATABASE = 'migrated_template';

export interface TestCluster {
  /** Connection string of the cluster's maintenance database. */
  url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own with one migrated database, from which every test database is copied. */
export async function startTestCluster(): Promise<TestCluster> {
  const cluster = await startEmptyCluster();
  try {
    await withConnection(cluster.database.url, (sql) => sql`create database ${sql(TEMPLATE_DATABASE)}`);
    await migrate(databaseUrl(cluster.database.url, TEMPLATE_DATABASE));
    return { url: cluster.database.url, stop: () => cluster.stop() };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** A PostgreSQL in a temporary directory, for tests that stop or kill the server itself. `stop` removes it all. */
export async function startEmptyCluster(): Promise<{
  directory: string;
  database: LocalDatabase;
  stop(): Promise<void>;
}> {
  const parent = await mkdtemp(join(tmpdir(), 'vt-test-cluster-'));
  // The system user that PostgreSQL runs as under root has to get through.
  await chmod(parent, 0o755);
  const directory = join(parent, 'postgres');
  const remove = async (): Promise<void> => {
    await rm(parent, { recursive: true, force: true });
  };
  try {
    const database = await startLocalDatabase({ directory, durable: false, logger: quietLogger });
    return {
      directory,
      database,
      async stop() {
        await database.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

export function databaseUrl(clusterUrl: string, name: string): string {
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function withConnection<Result>(
  url: string,
  use: (sql: postgres.Sql) => Promise<Result>,
): Promise<Result> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    return await use(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
