import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { and, eq, gt, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { findAudioTools } from '@voice-transcriber/audio';
import { chunks } from '@voice-transcriber/db';
import { REPOSITORY_DIRECTORY, waitFor } from '@voice-transcriber/testkit';
import { expectInvariants } from './expect-invariants.js';
import { install, type Installation } from './installation.js';
import { printFigure, seconds } from './report-figures.js';

const CLIP = join(REPOSITORY_DIRECTORY, 'test', 'fixtures', 'audio', 'jfk.flac');
const REPETITIONS = 5;
const KILLS = 2;

async function writeLongRecording(directory: string): Promise<string> {
  const { ffmpegPath } = await findAudioTools();
  const path = join(directory, 'speech.flac');
  const looped = ['-v', 'error', '-stream_loop', String(REPETITIONS - 1), '-i', CLIP];
  await promisify(execFile)(ffmpegPath, [...looped, '-ac', '1', '-ar', '16000', path], { timeout: 60_000 });
  return path;
}

async function countCommitted({ db }: Installation, id: string): Promise<number> {
  const [row] = await db.orm.execute<{ count: number }>(
    sql`select count(*)::int as count from windows where transcription_id = ${id} and committed_at is not null`,
  );
  return row?.count ?? 0;
}

/** When a window went into the model, of those that did after `after`. Both clocks are this machine's. */
async function nextWindowInside({ db }: Installation, id: string, after: Date): Promise<Date> {
  return waitFor(
    async () => {
      const [row] = await db.orm
        .select({ startedAt: chunks.nativeStartedAt })
        .from(chunks)
        .where(and(eq(chunks.transcriptionId, id), gt(chunks.nativeStartedAt, after)));
      return row?.startedAt;
    },
    { timeoutMilliseconds: 60_000, what: 'a window inside the model' },
  );
}

test('with the real model, a worker that is killed twice gives the same text as one that is not', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vt-long-'));
  const installation = await install({ realModels: true, env: { AUDIO_CHUNK_SIZE: '30', MAX_CONCURRENT_JOBS: '1' } });
  try {
    const [worker] = installation.workers;
    if (!worker) throw new Error('There is no worker.');
    const path = await writeLongRecording(directory);
    const undisturbed = await installation.finished(await installation.submit({ audio: { path } }), 180_000);
    expect(undisturbed.error).toBeNull();
    expect(undisturbed.state).toBe('completed');
    expect(undisturbed.language).toBe('en');
    expect(undisturbed.text?.match(/ask not what your country can do for you/gi)?.length).toBe(REPETITIONS);

    const id = await installation.submit({ audio: { path } });
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = await countCommitted(installation, id);
      await nextWindowInside(installation, id, new Date(0));
      const killedAt = new Date();
      await worker.kill();
      const resumedAt = await nextWindowInside(installation, id, killedAt);
      const took = resumedAt.getTime() - killedAt.getTime();
      printFigure(`kill ${kill + 1} to the real model at work again`, seconds(took), '10 s');
      expect(took).toBeLessThan(10_000);
      await waitFor(async () => (await countCommitted(installation, id)) > before, {
        timeoutMilliseconds: 120_000,
        what: 'the next window',
      });
    }
    const disturbed = await installation.finished(id, 120_000);
    expect(disturbed.state).toBe('completed');
    expect(disturbed.text).toBe(undisturbed.text);
    await expectInvariants(installation);
  } finally {
    await installation.stop();
    await rm(directory, { recursive: true, force: true });
  }
});
