import { openDatabase, type Database } from '@voice-transcriber/db';
import { createTranscription, readTranscriptionRates } from '@voice-transcriber/jobs';
import { createTestDatabase, type TestDatabase } from '@voice-transcriber/testkit';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database.dispose();
});

interface Work {
  readonly beganSecondsAgo: number;
  readonly endedSecondsAgo?: number;
  /** When each window of 30 s was committed. */
  readonly committedSecondsAgo: readonly number[];
}

/** A transcription with a chunk for each piece of work. */
async function seedWork(...pieces: readonly Work[]): Promise<string> {
  const key = randomUUID();
  const { transcription } = await createTranscription(db, {
    media: { storageKey: key, sha256: key, sizeBytes: 1, filename: 'a.wav', container: 'wav' },
    apiKeyId: undefined,
    options: { task: 'transcribe', wordTimes: true },
    priority: 'normal',
  });
  const { id } = transcription;
  let position = 0;
  for (const [index, { beganSecondsAgo, endedSecondsAgo, committedSecondsAgo }] of pieces.entries()) {
    const chunkId = randomUUID();
    await db.sql`insert into chunks (id, transcription_id, index, start_seconds, end_seconds)
      values (${chunkId}, ${id}, ${index}, ${position * 30}, ${(position + committedSecondsAgo.length) * 30})`;
    await db.sql`insert into attempts (transcription_id, chunk_id, kind, started_at, finished_at)
      values (${id}, ${chunkId}, 'chunk', now() - ${beganSecondsAgo} * interval '1 second',
        now() - ${endedSecondsAgo ?? null}::float8 * interval '1 second')`;
    for (const ago of committedSecondsAgo) {
      await db.sql`insert into windows (transcription_id, chunk_id, index, start_seconds, end_seconds, committed_at, inference_seconds)
        values (${id}, ${chunkId}, ${position}, ${position * 30}, ${(position + 1) * 30}, now() - ${ago} * interval '1 second', 0.1)`;
      position += 1;
    }
  }
  return id;
}

const rateOf = async (id: string): Promise<number | undefined> => (await readTranscriptionRates(db.orm, [id])).get(id);

test('the rate of a job that has just begun counts from its beginning, however little its windows took of it', async () => {
  const id = await seedWork({ beganSecondsAgo: 6, committedSecondsAgo: [1, 1, 0] });
  expect(await rateOf(id)).toBeCloseTo(90 / 6, 0);
});

test('the rate of a long job is that of its last minute, over all chunks', async () => {
  const id = await seedWork(
    { beganSecondsAgo: 200, endedSecondsAgo: 30, committedSecondsAgo: [190, 100, 50, 31] },
    { beganSecondsAgo: 30, committedSecondsAgo: [20, 10] },
  );
  expect(await rateOf(id)).toBeCloseTo((4 * 30) / 60, 1);
});

test('what was done before a long pause does not count', async () => {
  const id = await seedWork(
    { beganSecondsAgo: 4000, endedSecondsAgo: 3000, committedSecondsAgo: [3500] },
    { beganSecondsAgo: 10, committedSecondsAgo: [5, 1] },
  );
  expect(await rateOf(id)).toBeCloseTo(60 / 10, 0);
});

test('a job without a window has no rate of its own', async () => {
  expect(await rateOf(await seedWork({ beganSecondsAgo: 3, committedSecondsAgo: [] }))).toBeUndefined();
});
