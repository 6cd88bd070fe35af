import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { waitFor } from '@voice-transcriber/testkit';
import { expectInvariants } from './expect-invariants.js';
import { install } from './installation.js';
import { printFigure, seconds } from './report-figures.js';

/** The worker says so of itself, and service managers are told to wait as long. */
const STOP_MILLISECONDS_MAX = 21_000;
/** Starting to look, and the test's own steps. */
const SLACK_MILLISECONDS = 2_000;

test('a worker that is told to stop in the middle of a long window ends in time and gives the window to another', async () => {
  const installation = await install({ workers: 2, env: { AUDIO_CHUNK_SIZE: '600', MAX_CONCURRENT_JOBS: '1' } });
  try {
    const { db } = installation;
    // The first window takes longer than any drain waits, but only the first time that it is heard.
    const id = await installation.submit({
      audio: { seconds: 120 },
      prompt: 'fake:slow@window=0,times=1,speed=0.5,key=drain',
    });
    const drained = await waitFor(
      async () => {
        const [chunk] = await db.orm.execute<{ owner: string }>(sql`
          select lease_owner as owner from chunks where transcription_id = ${id} and native_started_at is not null`);
        return installation.workers.find(({ workerId }) => workerId === chunk?.owner);
      },
      { timeoutMilliseconds: 20_000, what: 'a window inside the model' },
    );
    const { pid, workerId } = drained;
    const startedAt = performance.now();
    process.kill(pid, 'SIGTERM');
    await waitFor(() => !isAlive(pid), {
      timeoutMilliseconds: STOP_MILLISECONDS_MAX + SLACK_MILLISECONDS,
      what: 'the end of the worker',
    });
    printFigure('SIGTERM to the end of a busy worker', seconds(performance.now() - startedAt), '21 s');

    const transcription = await installation.finished(id);
    expect(transcription.state).toBe('completed');
    expect(transcription.wordCount).toBeGreaterThan(100);
    const rows = await db.orm.execute<{ worker: string }>(
      sql`select worker_id as worker from windows where transcription_id = ${id}`,
    );
    expect(rows.length).toBeGreaterThan(1);
    expect([...rows].filter(({ worker }) => worker === workerId)).toEqual([]);
    const [chunk] = await db.orm.execute<{ losses: number; failures: number }>(sql`
      select sum(worker_losses)::int as losses,
        (select count(*)::int from attempts where transcription_id = ${id} and outcome = 'failed') as failures
      from chunks where transcription_id = ${id}`);
    expect(chunk, 'giving work back is no failure of it').toEqual({ losses: 0, failures: 0 });
    await expectInvariants(installation);
  } finally {
    await installation.stop();
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
