import { expect, test } from 'vitest';
import { withConnection } from './test-cluster.js';
import { createTestDatabase } from './test-database.js';

test('test databases are migrated, empty and apart from each other', async () => {
  const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  try {
    await withConnection(one.url, (sql) => sql`insert into settings (key, value) values ('mark', '1'::jsonb)`);
    const count = (url: string): Promise<number> =>
      withConnection(url, async (sql) => (await sql`select from settings where key = 'mark'`).length);
    expect([await count(one.url), await count(two.url)]).toEqual([1, 0]);
  } finally {
    await Promise.all([one.dispose(), two.dispose()]);
  }
  await expect(withConnection(one.url, (sql) => sql`select 1`)).rejects.toThrow(/does not exist/);
});
