import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { createClient } from '@voice-transcriber/client';
import { openDatabase, type Database } from '@voice-transcriber/db';
import { startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wavFile } from '../api/requests.js';
import { printFigure, seconds } from './report-figures.js';

const JOBS = 5;
const SUBSCRIBERS_PER_JOB = 4;
const AUDIO_SECONDS = 240;
const WAV_HEADER_BYTES = 44;
const RESUMED_MILLISECONDS_MAX = 10_000;

let directory: string;
let stack: Stack;
let db: Database;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vt-restart-'));
  await installFakeModels(directory);
  stack = await startStack({
    database: 'own',
    env: {
      VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
      MODELS_DIR: directory,
      DEFAULT_MODEL: 'fake',
      AUDIO_OPTIMIZATION: 'False',
      AUDIO_CHUNK_SIZE: '60',
    },
  });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
});
afterAll(async () => {
  await db.close();
  await stack.stop();
  await rm(directory, { recursive: true, force: true });
});

async function countCommitted(): Promise<number> {
  const [row] = await db.sql<{ count: number }[]>`
    select count(*)::int as count from windows where committed_at is not null`;
  return row?.count ?? 0;
}

test('an immediate shutdown of the database under five jobs and twenty subscribers loses no event and no text, and ends no process', async () => {
  const client = createClient({ url: stack.apiUrl, apiKey: stack.apiKey });
  const ended: string[] = [];
  for (const service of [stack.api, stack.workers[0]])
    void service?.exited.then(({ code, signal }) => ended.push(`${service.name}: ${String(code ?? signal)}`));
  // Loud enough to have words.
  const file = new Uint8Array(wavFile(AUDIO_SECONDS).fill('\u0000\u0010', WAV_HEADER_BYTES));
  const ids = await Promise.all(
    Array.from({ length: JOBS }, async () => {
      const { transcription } = await client.createTranscription(new Blob([file]), { prompt: 'fake:slow@speed=120' });
      return transcription.id;
    }),
  );
  const follow = async (id: string): Promise<number[]> => {
    const seqs: number[] = [];
    for await (const { type, seq } of client.subscribe(id))
      if (type !== 'snapshot' || seqs.length === 0) seqs.push(seq);
    return seqs;
  };
  const followed = Promise.all(
    ids.flatMap((id) => Array.from({ length: SUBSCRIBERS_PER_JOB }, async () => ({ id, seqs: await follow(id) }))),
  );
  await waitFor(async () => (await countCommitted()) > 3, { timeoutMilliseconds: 30_000, what: 'work on the jobs' });

  await stack.killDatabase('SIGQUIT');
  const backAt = performance.now();
  const before = await waitFor(countCommitted, { timeoutMilliseconds: 10_000, what: 'the database' });
  await waitFor(async () => (await countCommitted()) > before, { timeoutMilliseconds: 15_000, what: 'a window' });
  const resumedAfter = performance.now() - backAt;
  printFigure('immediate restart of the database to the next committed window', seconds(resumedAfter), '10 s');
  expect(resumedAfter).toBeLessThan(RESUMED_MILLISECONDS_MAX);

  for (const { id, seqs } of await followed) {
    const transcription = await client.transcription(id);
    expect(transcription?.state).toBe('COMPLETED');
    // Progress is thinned out on purpose; all else comes once and in order, up to the last event.
    const missing = await missingEvents(id, seqs);
    expect(missing, 'events that a subscriber did not get').toEqual([]);
    expect(seqs, 'in order, none twice').toEqual([...new Set(seqs)].sort((left, right) => left - right));
  }
  const texts = await db.sql<{ text: string }[]>`select distinct text from transcriptions`;
  expect(texts).toHaveLength(1);
  expect(texts[0]?.text.split(' ').length).toBeGreaterThan(AUDIO_SECONDS * 0.9);
  expect(ended).toEqual([]);
});

/** Rows behind the first event that was seen, of the kinds that every subscriber is told. */
async function missingEvents(globalId: string, seqs: readonly number[]): Promise<string[]> {
  const id = Buffer.from(globalId, 'base64url').toString().replace('Transcription:', '');
  const rows = await db.sql<{ seq: number; type: string }[]>`
    select seq, type from events where transcription_id = ${id} and seq > ${seqs[0] ?? 0}
      and type in ('state-changed', 'segments-appended', 'warning-raised') order by seq`;
  return rows.filter(({ seq }) => !seqs.includes(seq)).map(({ seq, type }) => `${type} ${seq}`);
}
