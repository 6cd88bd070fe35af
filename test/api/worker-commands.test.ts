import { openDatabase, type Database } from '@voice-transcriber/db';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDatabaseProxy } from './database-proxy.js';
import { query, upload, wavFile } from './requests.js';
import { globalId, seedTranscription } from './seed.js';

let stack: Stack;
let db: Database;

beforeAll(async () => {
  stack = await startStack();
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
});
afterAll(async () => {
  await db.close();
  await stack.stop();
});

const workerId = (): string => globalId('Worker', stack.workers[0]?.ready.workerId ?? '');

const command = async (name: string, id = workerId()): Promise<Record<string, unknown>> => {
  const { json } = await query(
    stack,
    `mutation { ${name}(input: { id: "${id}" }) { __typename ... on WorkerPayload { worker { id state } } ... on WorkerStateError { state message } } }`,
  );
  return json.data[name] as Record<string, unknown>;
};

async function stateOf(id = workerId()): Promise<string> {
  const { json } = await query(stack, `{ node(id: "${id}") { ... on Worker { state } } }`);
  return json.data.node.state as string;
}

async function transcriptionState(id: string): Promise<string> {
  const { json } = await query(stack, `{ transcription(id: "${id}") { state } }`);
  return json.data.transcription.state as string;
}

const create = async (marker: number): Promise<string> => {
  const { json } = await upload(stack, { file: wavFile(1, marker) });
  return json.data.createTranscription.transcription.id as string;
};

test('a drained worker takes nothing new, stays alive, and goes on when it is resumed', async () => {
  const before = await create(1);
  await expect.poll(() => transcriptionState(before), { timeout: 60_000 }).toBe('COMPLETED');
  expect(await command('drainWorker')).toMatchObject({ worker: { state: 'DRAINING' } });
  // Its own heartbeat says so too: it has heard of it.
  await db.sql`update workers set state = 'running' where command = 'drain'`;
  await expect.poll(() => stateOf(), { timeout: 10_000 }).toBe('DRAINING');
  const waiting = await create(2);
  const heartbeats = new Set<string>();
  await expect
    .poll(
      async () => {
        const { json } = await query(stack, `{ node(id: "${workerId()}") { ... on Worker { heartbeatAt } } }`);
        return heartbeats.add(json.data.node.heartbeatAt as string).size;
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(2);
  expect([await transcriptionState(waiting), await stateOf()]).toEqual(['QUEUED', 'DRAINING']);
  expect(await command('resumeWorker')).toMatchObject({ worker: { state: 'RUNNING' } });
  await expect.poll(() => transcriptionState(waiting), { timeout: 60_000 }).toBe('COMPLETED');
});

test('what workers are doing, and why one was lost, is told with one statement for all', async () => {
  const id = await seedTranscription(db);
  await db.sql`update attempts set outcome = 'running', worker_id = ${stack.workers[0]?.ready.workerId ?? ''} where transcription_id = ${id}`;
  await db.sql`insert into workers (id, lock_key, instance_id, host, pid, version, slots, slots_busy, threads_per_inference, heartbeat_at)
    values (gen_random_uuid(), 7, 'gone', 'elsewhere', 1, '0', 3, 2, 1, now() - interval '1 minute')`;
  const document = `{ workers { instanceId state lostReason backends { name status } currentWork { kind chunkIndex startedAt transcription { id } } } }`;
  await expect
    .poll(
      async () => {
        const { json } = await query(stack, document);
        return json.data.workers.find(({ instanceId }: { instanceId: string }) => instanceId === 'gone').lostReason;
      },
      { timeout: 20_000 },
    )
    .toMatch(/no heartbeat for \d+ s .* held 2 of 3 slots/);

  const proxy = await startDatabaseProxy(stack.databaseUrl);
  const counted = await stack.startApi({ DATABASE_URL: proxy.url });
  const api = { apiUrl: counted.ready.url, apiKey: stack.apiKey };
  await query(api, document);
  proxy.takeCount();
  const { json } = await query(api, document);
  // The key, the workers, what they do, the transcriptions of that.
  expect(proxy.takeCount()).toBe(4);
  const mine = json.data.workers.find(({ state }: { state: string }) => state === 'RUNNING');
  expect(mine.currentWork).toMatchObject([
    { kind: 'CHUNK', chunkIndex: 0, transcription: { id: globalId('Transcription', id) } },
  ]);
  expect(mine.backends.length).toBeGreaterThan(0);
  await counted.stop();
  await proxy.close();
  await db.sql`delete from transcriptions where id = ${id}`;
});

test('a stopped worker ends cleanly by itself, and can be told nothing any more', async () => {
  const id = workerId();
  const worker = stack.workers[0];
  expect(await command('stopWorker')).toMatchObject({ worker: { state: 'DRAINING' } });
  expect(await command('resumeWorker')).toMatchObject({ __typename: 'WorkerStateError' });
  await worker?.exited;
  expect(worker?.process.exitCode).toBe(0);
  expect(await stateOf(id)).toBe('STOPPED');
  expect(await command('drainWorker', id)).toMatchObject({ __typename: 'WorkerStateError', state: 'STOPPED' });
  expect(await command('drainWorker', globalId('Worker', '00000000-0000-4000-8000-000000000000'))).toMatchObject({
    __typename: 'NotFoundError',
  });
});
