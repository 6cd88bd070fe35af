import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import postgres from 'postgres';
import { isSchemaReady, migrate, openDatabase } from '@voice-transcriber/db';
import { REPOSITORY_DIRECTORY, startEmptyCluster } from '@voice-transcriber/testkit';

test('ten starters at once on an empty database run every migration exactly once', async () => {
  const cluster = await startEmptyCluster();
  try {
    const { url } = cluster.database;
    await Promise.all(Array.from({ length: 10 }, () => migrate(url)));
    const files = (await readdir(join(REPOSITORY_DIRECTORY, 'drizzle'))).filter((name) => name.endsWith('.sql'));
    const sql = postgres(url, { max: 1 });
    const [ours] = await sql<{ count: number }[]>`select count(*)::int as count from drizzle.__drizzle_migrations`;
    const [queue] = await sql<{ twice: number }[]>`
      select (count(*) - count(distinct id))::int as twice from graphile_worker.migrations`;
    await sql.end();
    expect(ours?.count).toBe(files.length);
    expect(queue?.twice).toBe(0);
    const db = openDatabase(url);
    expect(await isSchemaReady(db.orm)).toBe(true);
    await db.close();
  } finally {
    await cluster.stop();
  }
});
