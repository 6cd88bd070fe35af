import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { waitFor } from '@voice-transcriber/testkit';
import { expectInvariants } from './expect-invariants.js';
import { install, type Installation } from './installation.js';
import { printFigure, seconds } from './report-figures.js';

const AUDIO_SECONDS = 360;

async function countCommitted({ db }: Installation): Promise<number> {
  const [row] = await db.orm.execute<{ count: number }>(
    sql`select count(*)::int as count from windows where committed_at is not null`,
  );
  return row?.count ?? 0;
}

test('a kill -9 of the database in the middle of five jobs loses nothing, ends no process, and work resumes within ten seconds', async () => {
  const installation = await install({ ownDatabase: true, env: { AUDIO_CHUNK_SIZE: '120' } });
  try {
    const [worker] = installation.workers;
    const undisturbed = await installation.finished(await installation.submit({ audio: { seconds: AUDIO_SECONDS } }));
    const ids = [];
    for (let job = 0; job < 5; job += 1) {
      ids.push(await installation.submit({ audio: { seconds: AUDIO_SECONDS }, prompt: 'fake:slow@speed=120' }));
    }
    const before = await countCommitted(installation);
    await waitFor(async () => (await countCommitted(installation)) > before + 3, {
      timeoutMilliseconds: 30_000,
      what: 'work on the jobs',
    });
    await installation.killDatabase();
    const backAt = performance.now();
    const atKill = await waitFor(() => countCommitted(installation), {
      timeoutMilliseconds: 10_000,
      what: 'the database',
    });
    await waitFor(async () => (await countCommitted(installation)) > atKill, {
      timeoutMilliseconds: 15_000,
      what: 'the next window',
    });
    const resumedAfter = performance.now() - backAt;
    printFigure('database back to the next committed window', seconds(resumedAfter), '10 s');
    expect(resumedAfter).toBeLessThan(10_000);
    for (const id of ids) {
      const transcription = await installation.finished(id, 90_000);
      expect(transcription.state).toBe('completed');
      expect(transcription.text).toBe(undisturbed.text);
    }
    expect(worker?.starts, 'the worker survived').toBe(1);
    await expectInvariants(installation);
  } finally {
    await installation.stop();
  }
});
