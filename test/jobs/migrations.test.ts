import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import postgres from 'postgres';
import { DatabaseSetupError, isSchemaReady, migrate, openDatabase } from '@voice-transcriber/db';
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

test('a user who may not add the extension is told what to run; after that the migrations run', async () => {
  const cluster = await startEmptyCluster();
  const administrator = postgres(cluster.database.url, { max: 1, onnotice: () => undefined });
  try {
    await administrator`create role tenant login password 'tenant'`;
    await administrator`grant create, usage on schema public to tenant`;
    const url = new URL(cluster.database.url);
    url.username = 'tenant';
    url.password = 'tenant';

    const refusal = await migrate(url.href).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DatabaseSetupError);
    expect(refusal).toMatchObject({
      code: 'extension-denied',
      message: expect.stringContaining('create extension pg_trgm'),
    });

    await administrator`create extension pg_trgm`;
    await administrator`grant create on database ${administrator(url.pathname.slice(1))} to tenant`;
    await migrate(url.href);
    expect(await administrator`select to_regclass('media_filename_index') as index`).toEqual([
      { index: 'media_filename_index' },
    ]);
  } finally {
    await administrator.end();
    await cluster.stop();
  }
});
