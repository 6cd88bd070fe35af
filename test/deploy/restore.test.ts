import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '@voice-transcriber/db';
import { install, type Installation } from '../chaos/installation.js';
import { expectInvariants } from '../chaos/expect-invariants.js';

let installation: Installation;
beforeAll(async () => {
  installation = await install({ workers: 0 });
});
afterAll(() => installation.stop());

test('a database that was brought back without the queue of graphile-worker goes on: what was unfinished is finished', async () => {
  const { db, databaseUrl } = installation;
  const waiting = await installation.submit({ audio: { seconds: 30 } });
  // What a backup with --exclude-schema=graphile_worker brings back.
  await db.sql`drop schema graphile_worker cascade`;
  await migrate(databaseUrl);
  expect(await db.sql`select id from graphile_worker.jobs`).toHaveLength(0);
  await installation.addWorker();
  expect((await installation.finished(waiting)).state).toBe('completed');
  const fresh = await installation.submit({ audio: { seconds: 30 } });
  expect((await installation.finished(fresh)).state).toBe('completed');
  await expectInvariants(installation);
});
