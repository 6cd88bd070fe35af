import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { waitFor } from '@voice-transcriber/testkit';
import { expectInvariants } from './expect-invariants.js';
import { install, type Installation } from './installation.js';
import { percentile, printFigure, seconds } from './report-figures.js';

const KILLS = 20;
const SEED = 20_261_122;
const AUDIO_SECONDS = 1500;

/** mulberry32: the same kills on every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function countCommitted({ db }: Installation, id: string): Promise<number> {
  const [row] = await db.orm.execute<{ count: number }>(
    sql`select count(*)::int as count from windows where transcription_id = ${id} and committed_at is not null`,
  );
  return row?.count ?? 0;
}

test('a file survives twenty kills of its worker at random moments, with the text of an undisturbed run', async () => {
  const random = createRandom(SEED);
  // As many chunks as slots: every kill takes all of them, so that no untouched chunk makes the resume look fast.
  const installation = await install({ env: { AUDIO_CHUNK_SIZE: String(AUDIO_SECONDS / 3) } });
  try {
    const [worker] = installation.workers;
    if (!worker) throw new Error('There is no worker.');
    const undisturbed = await installation.finished(await installation.submit({ audio: { seconds: AUDIO_SECONDS } }));
    expect(undisturbed.state).toBe('completed');
    expect(undisturbed.wordCount).toBeGreaterThan(AUDIO_SECONDS * 0.9);

    const id = await installation.submit({ audio: { seconds: AUDIO_SECONDS }, prompt: 'fake:slow@speed=70' });
    await waitFor(async () => (await countCommitted(installation, id)) > 0, {
      timeoutMilliseconds: 20_000,
      what: 'the first window',
    });
    const resumedAfter: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, random() * 900));
      expect((await installation.read(id)).state, `the file must not be finished before kill ${kill + 1}`).toBe(
        'transcribing',
      );
      const killedAt = performance.now();
      await worker.kill();
      const before = await countCommitted(installation, id);
      await waitFor(async () => (await countCommitted(installation, id)) > before, {
        timeoutMilliseconds: 15_000,
        what: `a window after kill ${kill + 1}`,
      });
      resumedAfter.push(performance.now() - killedAt);
    }
    const disturbed = await installation.finished(id, 60_000);
    printFigure('worker SIGKILL to the next committed window, p95', seconds(percentile(resumedAfter, 0.95)), '6 s');
    printFigure('worker SIGKILL to the next committed window, max', seconds(Math.max(...resumedAfter)), '10 s');
    expect(disturbed.state).toBe('completed');
    expect(disturbed.text).toBe(undisturbed.text);
    expect(Math.max(...resumedAfter)).toBeLessThan(10_000);
    await expectInvariants(installation);
  } finally {
    await installation.stop();
  }
});
