import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '@voice-transcriber/db';
import { isTransientDatabaseError } from '@voice-transcriber/jobs/handlers';
import { createTestDatabase, waitFor } from '@voice-transcriber/testkit';

const CONNECTIONS = 6;
const NAME = 'voice-transcriber-lost';
/** The driver's own backoff, which grows to a second. */
const RECONNECTED_MILLISECONDS_MAX = 4000;

let server: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let administrator: Database;
beforeAll(async () => {
  server = await createTestDatabase();
  db = openDatabase(server.url, { connectionsMax: CONNECTIONS, applicationName: NAME });
  administrator = openDatabase(server.url, { connectionsMax: 1 });
});
afterAll(async () => {
  await db.close();
  await administrator.close();
  await server.dispose();
});

const endSessions = (): Promise<unknown> =>
  administrator.orm.execute(
    sql`select pg_terminate_backend(pid, 1000) from pg_stat_activity where application_name = ${NAME} and datname = current_database()`,
  );

/** The driver tells the first one on a new connection, once, why the last one ended. */
async function useEveryConnection(): Promise<boolean> {
  const slow = Array.from({ length: CONNECTIONS }, () => db.orm.execute(sql`select pg_sleep(${0.05}::float8)`));
  const outcomes = await Promise.allSettled(slow);
  return outcomes.every(({ status }) => status === 'fulfilled');
}

test('transactions whose sessions end fail as lost connections, throw nothing elsewhere, and the pool is whole at once', async () => {
  const stray: unknown[] = [];
  const note = (error: unknown): void => void stray.push(error);
  process.on('uncaughtException', note);
  try {
    for (let round = 0; round < 3; round += 1) {
      const outcomes = Array.from({ length: CONNECTIONS }, () =>
        db.orm
          .transaction(async (transaction) => {
            await transaction.execute(sql`select ${1}::int`);
            await transaction.execute(sql`select pg_sleep(${5}::float8)`);
          })
          .then(
            () => undefined,
            (error: unknown) => error,
          ),
      );
      await administrator.orm.execute(sql`select pg_sleep(0.3)`);
      await endSessions();
      const errors = await Promise.all(outcomes);
      expect(errors.filter((error) => !isTransientDatabaseError(error))).toEqual([]);
      await waitFor(useEveryConnection, {
        timeoutMilliseconds: RECONNECTED_MILLISECONDS_MAX,
        what: 'every connection to be usable',
      });
    }
    expect(stray).toEqual([]);
  } finally {
    process.off('uncaughtException', note);
  }
});

test('a transaction that goes on after its connection was lost says nothing on the one that comes after it', async () => {
  await db.orm.execute(sql`create table kept (value int)`);
  let second: unknown;
  const outcome = db.orm.transaction(async (transaction) => {
    await transaction.execute(sql`insert into kept values (${1}::int)`);
    await endSessions();
    // Meanwhile the pool has connected anew.
    await waitFor(useEveryConnection, { timeoutMilliseconds: RECONNECTED_MILLISECONDS_MAX, what: 'a new connection' });
    second = await transaction.execute(sql`insert into kept values (${2}::int)`).catch((error: unknown) => error);
    throw second;
  });
  await expect(outcome).rejects.toSatisfy(isTransientDatabaseError);
  // The outcome is known while the callback still runs.
  await waitFor(() => second !== undefined, { timeoutMilliseconds: 10_000, what: 'the second statement' });
  expect(isTransientDatabaseError(second)).toBe(true);
  expect([...(await db.orm.execute(sql`select value from kept`))]).toEqual([]);
});

test('what is wrong in our own code is no lost connection', async () => {
  const mistake = new TypeError("Cannot read properties of undefined (reading 'write')");
  const outcome = db.orm.transaction(async (transaction) => {
    await transaction.execute(sql`insert into kept values (${3}::int)`);
    throw mistake;
  });
  await expect(outcome).rejects.toBe(mistake);
  expect(isTransientDatabaseError(mistake)).toBe(false);
  expect([...(await db.orm.execute(sql`select value from kept`))]).toEqual([]);
});
