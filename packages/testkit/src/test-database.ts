import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { databaseUrl, TEMPLATE_DATABASE, withConnection } from './test-cluster.js';

declare module 'vitest' {
  interface ProvidedContext {
    testClusterUrl: string;
  }
}

export interface TestDatabase {
  url: string;
  /** Drops the database, connections included. Idempotent. */
  dispose(): Promise<void>;
}

/** A migrated, empty database of its own, copied from the template of the cluster that vitest's global setup started. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const clusterUrl = inject('testClusterUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withConnection(clusterUrl, (sql) => sql`create database ${sql(name)} template ${sql(TEMPLATE_DATABASE)}`);
  return {
    url: databaseUrl(clusterUrl, name),
    async dispose() {
      await withConnection(clusterUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
    },
  };
}
