import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { findAudioTools } from '@voice-transcriber/audio';
import { REPOSITORY_DIRECTORY, waitFor } from '@voice-transcriber/testkit';
import { expectInvariants } from './expect-invariants.js';
import { install, type Installation } from './installation.js';
import { printFigure, seconds } from './report-figures.js';

const CLIP = join(REPOSITORY_DIRECTORY, 'test', 'fixtures', 'audio', 'jfk.flac');
const REPETITIONS = 8;
const KILLS = 3;

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

test('with the real model, a worker that is killed three times gives the same text as one that is not', async () => {
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
      await waitFor(
        async () => {
          const [inside] = await installation.db.orm.execute(
            sql`select from chunks where transcription_id = ${id} and native_started_at is not null`,
          );
          return inside !== undefined && (kill === 0 || (await countCommitted(installation, id)) > before - 1);
        },
        { timeoutMilliseconds: 60_000, what: 'a window inside the model' },
      );
      const killedAt = performance.now();
      await worker.kill();
      await waitFor(async () => (await countCommitted(installation, id)) > before, {
        timeoutMilliseconds: 60_000,
        what: 'the next window',
      });
      printFigure(
        `kill ${kill + 1} to the next window of the real model`,
        seconds(performance.now() - killedAt),
        '10 s and a window',
      );
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
