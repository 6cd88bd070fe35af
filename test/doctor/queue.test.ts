import { randomUUID } from 'node:crypto';
import { media, openDatabase, transcriptions, workers, type Database } from '@voice-transcriber/db';
import {
  checkDatabase,
  checkQueue,
  checkWorkers,
  judgeConnections,
  judgeDatabase,
  reachDatabase,
  readQueueState,
} from '@voice-transcriber/doctor';
import { createTestDatabase, type TestDatabase } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

let testDatabase: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = openDatabase(testDatabase.url, { connectionsMax: 2 });
});
afterAll(async () => {
  await db.close();
  await testDatabase.dispose();
});
beforeEach(async () => {
  await db.sql`truncate workers, transcriptions, media, settings cascade`;
});

async function insertWorker(changes: Partial<typeof workers.$inferInsert> = {}): Promise<string> {
  const id = randomUUID();
  const row = { id, lockKey: 1, instanceId: 'one', host: 'h', pid: 1, version: '1', slots: 3, threadsPerInference: 2 };
  await db.orm.insert(workers).values({ ...row, ...changes });
  return id;
}

async function insertJob(changes: Partial<typeof transcriptions.$inferInsert>): Promise<string> {
  const [recording] = await db.orm
    .insert(media)
    .values({ storageKey: randomUUID(), sha256: randomUUID(), sizeBytes: 1, filename: 'a.mp3', container: 'mp3' })
    .returning();
  const [row] = await db.orm
    .insert(transcriptions)
    .values({ mediaId: recording?.id ?? '', options: { task: 'transcribe', wordTimes: true }, ...changes })
    .returning();
  return row?.id ?? '';
}

const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000);

async function findings(code: string) {
  const state = await readQueueState(db.orm);
  const all = [...checkWorkers(state.workers, { cores: { host: 'h', count: 4 } }), ...checkQueue(state)];
  return all.filter((finding) => finding.code === code);
}

test('no worker, or only one that drains, is a problem; one that runs is none', async () => {
  expect(await findings('workers')).toMatchObject([{ level: 'problem', fix: expect.stringContaining('vt up') }]);
  await insertWorker({ state: 'draining' });
  expect(await findings('workers')).toMatchObject([{ level: 'problem', measured: expect.stringContaining('drains') }]);
  await insertWorker();
  expect(await findings('workers')).toMatchObject([{ level: 'ok', measured: '1 worker with 3 slots, 0 busy' }]);
});

test('a worker that runs and sends no heartbeat is a problem that names it', async () => {
  await insertWorker({ heartbeatAt: ago(60) });
  expect(await findings('workers')).toMatchObject([
    { level: 'problem', measured: expect.stringContaining('one was last heard of 60 s ago') },
  ]);
});

test('a worker that was lost within a day is a warning with the reason; an older one is forgotten', async () => {
  await insertWorker({ state: 'lost', heartbeatAt: ago(90_000), lostReason: 'Long ago.' });
  expect(await findings('workers-lost')).toMatchObject([{ level: 'ok' }]);
  await insertWorker({ instanceId: 'two', state: 'lost', heartbeatAt: ago(600), lostReason: 'It sent no heartbeat.' });
  expect(await findings('workers-lost')).toMatchObject([
    { level: 'warning', measured: '1 in the last day, the newest two 10 min ago. It sent no heartbeat.' },
  ]);
});

test('two workers of one machine whose threads are more than its cores are a warning', async () => {
  await insertWorker({ threadsPerInference: 3 });
  expect(await findings('threads')).toEqual([]);
  await insertWorker({ instanceId: 'two', threadsPerInference: 3 });
  expect(await findings('threads')).toMatchObject([
    { level: 'warning', subject: 'h', fix: expect.stringContaining('INFERENCE_THREADS=2') },
  ]);
});

test('a worker that holds more than its models, and one that is busy without a job, are warnings', async () => {
  const loadedModels = [{ model: 'm', backend: 'b', device: 'cpu', pid: 1, memoryBytes: 500e6, busy: 0 }];
  await insertWorker({ memoryBytes: 1_700_000_000, loadedModels, cpuPercent: 20 });
  expect(await findings('worker-memory')).toMatchObject([{ level: 'ok' }]);
  expect(await findings('idle-load')).toEqual([]);
  await insertWorker({ instanceId: 'two', memoryBytes: 2_000_000_000, loadedModels, cpuPercent: 180 });
  expect(await findings('worker-memory')).toMatchObject(
    [{ level: 'ok' }, { level: 'warning', subject: 'two' }].toReversed(),
  );
  expect(await findings('idle-load')).toMatchObject([{ level: 'warning', measured: expect.stringContaining('180 %') }]);
});

test('work that waits beside free slots is a problem, behind busy ones a warning, for a short time nothing', async () => {
  await insertWorker();
  await insertJob({ createdAt: ago(60) });
  expect(await findings('queue')).toMatchObject([{ level: 'ok', measured: expect.stringContaining('1 waiting') }]);
  await insertJob({ createdAt: ago(3600) });
  expect(await findings('queue')).toMatchObject([
    { level: 'problem', measured: expect.stringContaining('the oldest for 60 min') },
  ]);
  await db.sql`update workers set slots_busy = slots`;
  expect(await findings('queue')).toMatchObject([{ level: 'warning', fix: expect.stringContaining('another worker') }]);
});

test('a paused queue is told with its reason', async () => {
  await db.sql`insert into settings (key, value) values ('queue', '{"paused": true, "reason": "backup"}')`;
  expect(await findings('queue')).toMatchObject([
    { level: 'warning', measured: expect.stringContaining('paused (backup)') },
  ]);
});

test('a job of which nothing was committed for long is stuck, unless it waits for its turn or the queue is paused', async () => {
  await insertWorker();
  const id = await insertJob({ state: 'transcribing', startedAt: ago(4000), updatedAt: ago(3600) });
  await insertJob({ state: 'transcribing', startedAt: ago(4000), updatedAt: ago(60) });
  expect(await findings('stuck')).toMatchObject([
    { level: 'problem', measured: `${id} (transcribing, quiet for 60 min, held by nobody)` },
  ]);
  await db.sql`update workers set slots_busy = slots`;
  expect(await findings('stuck')).toMatchObject([{ level: 'ok' }]);
  const [worker] = await db.sql<{ id: string }[]>`select id from workers`;
  await db.sql`insert into attempts (transcription_id, kind, worker_id) values (${id}, 'prepare', ${worker?.id ?? ''})`;
  expect(await findings('stuck')).toMatchObject([{ level: 'problem', measured: expect.stringContaining('on h)') }]);
  await db.sql`insert into settings (key, value) values ('queue', '{"paused": true}')`;
  expect(await findings('stuck')).toMatchObject([{ level: 'ok' }]);
});

test('failures of the last day are grouped by their code, most frequent first, with what to do', async () => {
  const failed = (code: string, seconds = 60) =>
    insertJob({
      state: 'failed',
      finishedAt: ago(seconds),
      error: { code, message: `It was ${code}.`, retry: 'never', details: {} } as never,
    });
  expect(await findings('failures')).toMatchObject([{ level: 'ok' }]);
  await failed('out-of-memory');
  await failed('file-not-audio');
  await failed('file-not-audio');
  await failed('process-hung', 100_000);
  expect(await findings('failures')).toMatchObject([
    { level: 'warning', subject: 'file-not-audio', measured: expect.stringMatching(/^2 transcriptions/) },
    { level: 'warning', subject: 'out-of-memory', fix: expect.stringContaining('smaller model') },
  ]);
});

test('a database that answers tells version, latency, migrations and connections', async () => {
  const found = await checkDatabase(db);
  expect(found.map(({ code, level }) => [code, level])).toEqual([
    ['database', 'ok'],
    ['migrations', 'ok'],
    ['connections', 'ok'],
  ]);
  expect(found[0]?.measured).toMatch(/^PostgreSQL \d+.*, a query takes \d+\.\d ms$/);
});

test('a migration that is missing, and one that this version does not know, are problems', async () => {
  const only = async () => (await checkDatabase(db)).find(({ code }) => code === 'migrations');
  const [newest] = await db.sql<{ id: number; hash: string; created_at: string }[]>`
    delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations) returning *`;
  expect(await only()).toMatchObject({ level: 'problem', measured: expect.stringContaining('1 pending') });
  await db.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${newest?.hash ?? ''}, ${newest?.created_at ?? 0})`;
  expect(await only()).toMatchObject({ level: 'ok' });
  await db.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', ${Date.now() + 1e12})`;
  expect(await only()).toMatchObject({ level: 'problem', fix: expect.stringContaining('update this one') });
  await db.sql`delete from drizzle.__drizzle_migrations where hash = 'newer'`;
});

test('a database that is away is a problem that says where it was looked for', async () => {
  const reached = await reachDatabase('postgres://127.0.0.1:1/x', { isOwn: false });
  expect(reached).toMatchObject({
    finding: { code: 'database', level: 'problem', measured: expect.stringContaining('127.0.0.1:1 does not answer') },
  });
});

test('an old, a slow and a full database are told at their bounds', () => {
  expect(judgeDatabase({ version: '13.9' }, 1)).toMatchObject({ level: 'problem' });
  expect(judgeDatabase({ version: '14.0' }, 20)).toMatchObject({ level: 'ok' });
  expect(judgeDatabase({ version: '16.1' }, 21)).toMatchObject({ level: 'warning' });
  const facts = { version: '16', sizeBytes: 1, connectionsMax: 100 };
  expect(judgeConnections({ ...facts, connections: 89 })).toMatchObject({ level: 'ok' });
  expect(judgeConnections({ ...facts, connections: 90 })).toMatchObject({ code: 'connections', level: 'warning' });
});
