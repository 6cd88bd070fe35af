import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  cancelTranscription,
  deleteTranscription,
  pauseQueue,
  pauseTranscription,
  resumeQueue,
  resumeTranscription,
  retryTranscription,
} from '@voice-transcriber/jobs';
import { waitFor } from '@voice-transcriber/testkit';
import { expectInvariants } from './expect-invariants.js';
import { install, type Installation } from './installation.js';
import { percentile, printFigure, seconds } from './report-figures.js';

let installation: Installation;

beforeAll(async () => {
  installation = await install({ env: { AUDIO_CHUNK_SIZE: '60', MAX_CONCURRENT_JOBS: '2' } });
});
afterAll(() => installation.stop());

async function countCommitted(id: string): Promise<number> {
  const [row] = await installation.db.orm.execute<{ count: number }>(
    sql`select count(*)::int as count from windows where transcription_id = ${id} and committed_at is not null`,
  );
  return row?.count ?? 0;
}

const runs = (id: string): Promise<boolean> =>
  waitFor(
    async () =>
      (
        await installation.db.orm.execute(sql`
      select from chunks where transcription_id = ${id} and native_started_at is not null`)
      ).length > 0,
    {
      timeoutMilliseconds: 20_000,
      what: 'a window inside the model',
    },
  );

/** Resolves with the pid of the model process, as the heartbeat reports it. */
const modelProcess = (): Promise<number> =>
  waitFor(
    async () => {
      const [row] = await installation.db.orm.execute<{ pid: number | null }>(
        sql`select (loaded_models -> 0 ->> 'pid')::int as pid from workers where state = 'running'`,
      );
      return row?.pid !== null && row?.pid !== undefined && isAlive(row.pid) ? row.pid : undefined;
    },
    { timeoutMilliseconds: 10_000, what: 'the model process' },
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('cancelling ends the model process within a second', async () => {
  const took: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const id = await installation.submit({ audio: { seconds: 30 }, prompt: 'fake:slow@speed=0.5' });
    await runs(id);
    const pid = await modelProcess();
    const startedAt = performance.now();
    const outcome = await cancelTranscription(installation.db, { id });
    expect(outcome.ok).toBe(true);
    await waitFor(() => !isAlive(pid), {
      timeoutMilliseconds: 5000,
      intervalMilliseconds: 5,
      what: 'the end of the model process',
    });
    took.push(performance.now() - startedAt);
    expect((await installation.read(id)).state).toBe('cancelled');
  }
  printFigure('cancel to native process gone, p95', seconds(percentile(took, 0.95)), '1 s');
  printFigure('cancel to native process gone, max', seconds(Math.max(...took)), '2.5 s');
  expect(percentile(took, 0.95)).toBeLessThan(1000);
});

test('a cancelled transcription can be retried and keeps what it had', async () => {
  const id = await installation.submit({ audio: { seconds: 120 }, prompt: 'fake:slow@speed=40' });
  await waitFor(async () => (await countCommitted(id)) > 0, { timeoutMilliseconds: 20_000, what: 'a window' });
  await cancelTranscription(installation.db, { id });
  const kept = await countCommitted(id);
  const retried = await retryTranscription(installation.db, { id });
  expect(retried.ok).toBe(true);
  const transcription = await installation.finished(id);
  expect(transcription.state).toBe('completed');
  expect(transcription.retries).toBe(1);
  const [{ tokens = 0 } = {}] = await installation.db.orm.execute<{ tokens: number }>(
    sql`select count(*)::int as tokens from windows where transcription_id = ${id} and token = 1`,
  );
  expect(tokens, 'windows of the first run are still there').toBeGreaterThanOrEqual(kept);
});

test('a pause stops at the next window border, keeps what is done, holds no lease, and resume goes on behind it', async () => {
  const id = await installation.submit({ audio: { seconds: 180 }, prompt: 'fake:slow@speed=40' });
  await waitFor(async () => (await countCommitted(id)) > 0, { timeoutMilliseconds: 20_000, what: 'a window' });
  expect((await pauseTranscription(installation.db, { id })).ok).toBe(true);
  await waitFor(
    async () =>
      (
        await installation.db.orm.execute(
          sql`select from chunks where transcription_id = ${id} and lease_owner is not null`,
        )
      ).length === 0,
    { timeoutMilliseconds: 10_000, what: 'the lease to be let go' },
  );
  const committed = await countCommitted(id);
  const attemptsBefore = await countAttempts(id);
  // Nothing is to happen, so there is nothing to wait for: long enough for a worker's next looks for work.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await countCommitted(id)).toBe(committed);
  expect(await countAttempts(id), 'nothing tries again and again meanwhile').toBe(attemptsBefore);
  expect((await resumeTranscription(installation.db, { id })).ok).toBe(true);
  expect((await installation.finished(id)).state).toBe('completed');
});

async function countAttempts(id: string): Promise<number> {
  const [row] = await installation.db.orm.execute<{ count: number }>(
    sql`select count(*)::int as count from attempts where transcription_id = ${id}`,
  );
  return row?.count ?? 0;
}

test('a paused queue starts nothing, and everything goes on when it is resumed', async () => {
  await pauseQueue(installation.db, { reason: 'maintenance' });
  const id = await installation.submit({ audio: { seconds: 20 } });
  // That nothing happens shows only in time that passes: longer than a worker takes to start a queued recording.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect((await installation.read(id)).state).toBe('queued');
  expect(await countAttempts(id)).toBe(0);
  await resumeQueue(installation.db);
  expect((await installation.finished(id)).state).toBe('completed');
});

test('a short note of high priority overtakes a long file', async () => {
  const long = await installation.submit({ audio: { seconds: 600 }, prompt: 'fake:slow@speed=60', priority: 'low' });
  await waitFor(async () => (await countCommitted(long)) > 0, {
    timeoutMilliseconds: 20_000,
    what: 'the long file to run',
  });
  const note = await installation.submit({ audio: { seconds: 10 }, priority: 'high' });
  const startedAt = performance.now();
  expect((await installation.finished(note)).state).toBe('completed');
  printFigure('a 10 s note behind a 600 s file', seconds(performance.now() - startedAt), 'before the file');
  expect((await installation.read(long)).state).toBe('transcribing');
  expect((await installation.finished(long)).state).toBe('completed');
});

test('a transcription can be deleted while it runs, and nothing of it is left', async () => {
  const id = await installation.submit({ audio: { seconds: 60 }, prompt: 'fake:slow@speed=2' });
  await runs(id);
  const deleted = await deleteTranscription(installation.db, { id });
  if (!deleted.ok) throw new Error(deleted.code);
  for (const key of deleted.storageKeys) await installation.storage.delete(key);
  const rows = await installation.db.orm.execute(sql`select from chunks where transcription_id = ${id}`);
  expect(rows).toHaveLength(0);
});

test('two workers share one long file chunk by chunk', async () => {
  await installation.addWorker({ MAX_CONCURRENT_JOBS: '1' });
  const id = await installation.submit({ audio: { seconds: 600 }, prompt: 'fake:slow@speed=100' });
  expect((await installation.finished(id)).state).toBe('completed');
  const owners = await installation.db.orm.execute<{ chunks: number }>(
    sql`select count(distinct chunk_id)::int as chunks from windows where transcription_id = ${id} group by worker_id`,
  );
  expect([...owners]).toHaveLength(2);
});

test('after all of this every invariant holds', () => expectInvariants(installation));
