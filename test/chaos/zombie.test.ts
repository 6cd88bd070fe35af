import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { waitFor } from '@voice-transcriber/testkit';
import { expectInvariants } from './expect-invariants.js';
import { install } from './installation.js';
import { printFigure } from './report-figures.js';

test('a worker that was stopped past its lease and goes on writes nothing, and its refused work is counted', async () => {
  const installation = await install({ workers: 2, env: { AUDIO_CHUNK_SIZE: '600', MAX_CONCURRENT_JOBS: '1' } });
  try {
    const { db } = installation;
    const id = await installation.submit({ audio: { seconds: 450 }, prompt: 'fake:slow@speed=18' });
    const committedBy = async (workerId: string): Promise<number> => {
      const [row] = await db.orm.execute<{ count: number }>(
        sql`select count(*)::int as count from windows where transcription_id = ${id} and worker_id = ${workerId}`,
      );
      return row?.count ?? 0;
    };
    // The first three windows vote the language and are committed together: stopped behind them, the worker stands between two transactions.
    const zombie = await waitFor(
      async () => {
        for (const worker of installation.workers) if ((await committedBy(worker.workerId)) > 3) return worker;
        return undefined;
      },
      { timeoutMilliseconds: 20_000, what: 'a window' },
    );
    const heir = installation.workers.find((worker) => worker !== zombie);
    if (!heir) throw new Error('There is no second worker.');
    zombie.signal('SIGSTOP');
    const committed = await committedBy(zombie.workerId);
    const stoppedAt = performance.now();
    await waitFor(async () => (await committedBy(heir.workerId)) > 0, {
      timeoutMilliseconds: 20_000,
      what: 'the heir to go on',
    });
    printFigure(
      'SIGSTOP to the next window of another worker',
      `${((performance.now() - stoppedAt) / 1000).toFixed(2)} s`,
      'lease of 10 s and one window',
    );
    zombie.signal('SIGCONT');
    await waitFor(
      async () => {
        const [row] = await db.orm.execute<{ fenced: number }>(
          sql`select fenced_writes as fenced from workers where id = ${zombie.workerId}`,
        );
        return (row?.fenced ?? 0) > 0;
      },
      { timeoutMilliseconds: 10_000, what: 'the refused work to be counted' },
    );
    const transcription = await installation.finished(id);
    expect(transcription.state).toBe('completed');
    const underOldToken = await db.orm.execute(sql`
      select from windows where transcription_id = ${id} and worker_id = ${zombie.workerId} and token = 1`);
    expect(underOldToken, "windows under the zombie's token").toHaveLength(committed);
    expect(zombie.starts, 'the zombie did not have to end').toBe(1);
    await expectInvariants(installation);
  } finally {
    await installation.stop();
  }
});
