import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pauseTranscription, resumeTranscription } from '@voice-transcriber/jobs';
import { waitFor } from '@voice-transcriber/testkit';
import { expectInvariants } from '../chaos/expect-invariants.js';
import { install, type Installation } from '../chaos/installation.js';

const AUDIO_SECONDS = 240;

let installation: Installation;
beforeAll(async () => {
  installation = await install({ env: { AUDIO_CHUNK_SIZE: '60', MAX_CONCURRENT_JOBS: '1' } });
});
afterAll(() => installation.stop());

async function committedWindows(id: string): Promise<{ index: number; token: number }[]> {
  const rows = await installation.db.orm.execute<{ index: number; token: number }>(sql`
    select index, token from windows where transcription_id = ${id} and committed_at is not null order by index`);
  return [...rows];
}

/** How many attempts ended in which way. */
async function endedAttempts(id: string): Promise<Record<string, number>> {
  const rows = await installation.db.orm.execute<{ ending: string; count: number }>(sql`
    select concat_ws(' ', kind, outcome, error ->> 'code') as ending, count(*)::int as count
    from attempts where transcription_id = ${id} group by 1`);
  return Object.fromEntries([...rows].map(({ ending, count }) => [ending, count]));
}

test('a recording whose work file was lost is prepared again by itself: what was heard is kept, the text is the same', async () => {
  const { db, storage } = installation;
  const undisturbed = await installation.finished(await installation.submit({ audio: { seconds: AUDIO_SECONDS } }));
  const id = await installation.submit({ audio: { seconds: AUDIO_SECONDS }, prompt: 'fake:slow@speed=60' });
  await waitFor(async () => (await committedWindows(id)).length > 0, { timeoutMilliseconds: 20_000, what: 'a window' });
  expect((await pauseTranscription(db, { id })).ok).toBe(true);
  await waitFor(
    async () =>
      (await db.orm.execute(sql`select from chunks where transcription_id = ${id} and lease_owner is not null`))
        .length === 0,
    { timeoutMilliseconds: 20_000, what: 'the lease to be let go' },
  );
  const kept = await committedWindows(id);
  const { audioKey } = await installation.read(id);
  if (audioKey === null) throw new Error('There is no work file.');
  await storage.delete(audioKey);

  expect((await resumeTranscription(db, { id })).ok).toBe(true);
  const recovered = await installation.finished(id);
  expect(recovered.state).toBe('completed');
  expect(recovered.text).toBe(undisturbed.text);
  const windows = await committedWindows(id);
  for (const { index, token } of kept) expect(windows.find((window) => window.index === index)?.token).toBe(token);
  expect(await endedAttempts(id)).toMatchObject({ 'prepare succeeded': 2, 'chunk failed blob-missing': 1 });
  await expectInvariants(installation);
});
