import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '@voice-transcriber/db';
import {
  appendEvent,
  createEventBell,
  followAll,
  followTranscription,
  type EventBell,
} from '@voice-transcriber/events';
import { cancelTranscription, createTranscription, deleteTranscription } from '@voice-transcriber/jobs';
import { createTestDatabase, type TestDatabase, waitFor } from '@voice-transcriber/testkit';

let database: TestDatabase;
let db: Database;
let bell: EventBell;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.url);
  bell = createEventBell(database.url);
  await bell.ready;
});
afterAll(async () => {
  await bell.close();
  await db.close();
  await database.dispose();
});

let uploads = 0;
async function accept(): Promise<string> {
  uploads += 1;
  const { transcription } = await createTranscription(db, {
    media: {
      storageKey: `uploads/${uploads}`,
      sha256: `${uploads}`,
      sizeBytes: 1,
      filename: 'a.wav',
      container: 'wav',
    },
    apiKeyId: undefined,
    options: { task: 'transcribe', wordTimes: true },
    priority: 'normal',
  });
  return transcription.id;
}

const warn = (transcriptionId: string, code: string): Promise<number> =>
  db.orm.transaction((transaction) =>
    appendEvent(transaction, {
      transcriptionId,
      type: 'warning-raised',
      payload: { warning: { code, message: code } },
    }),
  );

test('twenty writers at once give a sequence without holes, and a rolled back event leaves none', async () => {
  const id = await accept();
  await db.orm
    .transaction(async (transaction) => {
      await appendEvent(transaction, {
        transcriptionId: id,
        type: 'warning-raised',
        payload: { warning: { code: 'x', message: 'x' } },
      });
      throw new Error('rolled back on purpose');
    })
    .catch(() => undefined);
  const numbers = await Promise.all(Array.from({ length: 20 }, (_, index) => warn(id, `w${index}`)));
  expect(numbers.sort((left, right) => left - right)).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
});

test('a follower that leaves and comes back a hundred times sees every event once and in order', async () => {
  const id = await accept();
  const writing = (async () => {
    for (let index = 0; index < 150; index += 1) await warn(id, `w${index}`);
    await cancelTranscription(db, { id });
  })();
  const seen: number[] = [];
  let ended = false;
  for (let visit = 0; visit < 500 && !ended; visit += 1) {
    const controller = new AbortController();
    let taken = 0;
    ended = true;
    for await (const event of followTranscription(
      { db, bell },
      { transcriptionId: id, afterSeq: seen.at(-1) ?? 0, signal: controller.signal },
    )) {
      seen.push(event.seq);
      taken += 1;
      if (taken < 1 + (visit % 2)) continue;
      ended = false;
      controller.abort();
    }
    if (controller.signal.aborted) ended = false;
  }
  await writing;
  expect(ended, 'it ends by itself after the terminal state').toBe(true);
  expect(seen).toEqual(Array.from({ length: 152 }, (_, index) => index + 1));
});

test('a follower of a deleted transcription hears of it and ends', async () => {
  const id = await accept();
  const types: string[] = [];
  const following = (async () => {
    for await (const event of followTranscription(
      { db, bell },
      { transcriptionId: id, afterSeq: 0, signal: AbortSignal.timeout(20_000) },
    )) {
      types.push(event.type);
    }
  })();
  await waitFor(() => types.length === 1, { timeoutMilliseconds: 5000 });
  await deleteTranscription(db, { id });
  await following;
  expect(types).toEqual(['transcription-created', 'transcription-deleted']);
});

test('a follower of everything gets an event that commits late, behind events with higher numbers', async () => {
  const [early, late] = [await accept(), await accept()];
  const controller = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const batch of followAll({ db, bell }, { signal: controller.signal })) {
      for (const event of batch) if (event.type === 'warning-raised') seen.push(event.payload.warning.code);
    }
  })();
  await delay(200);
  await db.orm.transaction(async (transaction) => {
    await appendEvent(transaction, {
      transcriptionId: late,
      type: 'warning-raised',
      payload: { warning: { code: 'late', message: '' } },
    });
    await warn(early, 'overtakes');
    await delay(400);
  });
  await waitFor(() => seen.includes('late') && seen.includes('overtakes'), {
    timeoutMilliseconds: 5000,
    what: 'both events',
  });
  controller.abort();
  await following;
  expect(seen.sort()).toEqual(['late', 'overtakes']);
});

test('an event reaches a follower within 150 ms of its commit at p95', async () => {
  const id = await accept();
  const committedAt = new Map<string, number>();
  const took: number[] = [];
  const controller = new AbortController();
  const following = (async () => {
    for await (const event of followTranscription(
      { db, bell },
      { transcriptionId: id, afterSeq: 1, signal: controller.signal },
    )) {
      if (event.type !== 'warning-raised') continue;
      const { code } = event.payload.warning;
      took.push(performance.now() - (committedAt.get(code) ?? performance.now()));
    }
  })();
  await delay(100);
  for (let index = 0; index < 100; index += 1) {
    await warn(id, `w${index}`);
    committedAt.set(`w${index}`, performance.now());
    await delay(5);
  }
  await waitFor(() => took.length === 100, { timeoutMilliseconds: 5000, what: 'all events' });
  controller.abort();
  await following;
  const p95 = took.sort((left, right) => left - right)[94] ?? Number.NaN;
  process.stdout.write(`figure: event commit to follower, p95: ${Math.max(0, p95).toFixed(1)} ms (target: 150 ms)\n`);
  expect(p95).toBeLessThan(150);
});
