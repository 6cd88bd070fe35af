import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listSegments, listWindows, soundOutlines, windows } from '@voice-transcriber/db';
import { editSegment, pauseQueue, readCoverage, redecodeTranscription, resumeQueue } from '@voice-transcriber/jobs';
import { waitFor } from '@voice-transcriber/testkit';
import { expectInvariants } from '../chaos/expect-invariants.js';
import { install, type Installation } from '../chaos/installation.js';

let installation: Installation;

beforeAll(async () => {
  installation = await install({ env: { AUDIO_CHUNK_SIZE: '60' } });
});
afterAll(() => installation.stop());

async function finishedAgain(id: string) {
  return waitFor(
    async () => {
      const transcription = await installation.read(id);
      return transcription.state === 'completed' ? transcription : undefined;
    },
    { timeoutMilliseconds: 60_000, what: 'the end of the second hearing' },
  );
}

test('only the windows under a span are heard again; until they are, their old text can be read', async () => {
  const { db } = installation;
  const id = await installation.submit({ audio: { seconds: 150 } });
  const first = await installation.finished(id);
  const before = await listSegments(db.orm, { transcriptionId: id });

  await pauseQueue(db);
  const opened = await redecodeTranscription(db, {
    id,
    spans: [{ startSeconds: 35, endSeconds: 36 }],
    flagged: false,
  });
  expect(opened).toMatchObject({ ok: true, transcription: { state: 'queued', chunksDone: first.chunksDone - 1 } });
  expect(await listSegments(db.orm, { transcriptionId: id })).toEqual(before);
  expect((await installation.read(id)).text).toBe(first.text);
  const open = (await listWindows(db.orm, { transcriptionId: id })).filter(({ committedAt }) => committedAt === null);
  expect(
    open.map(({ startSeconds, endSeconds, revision }) => [startSeconds <= 35, endSeconds >= 36, revision]),
  ).toEqual([[true, true, 2]]);
  await resumeQueue(db);

  const second = await finishedAgain(id);
  expect(second).toMatchObject({ text: first.text, chunksDone: first.chunksDone, error: null });
  expect(second.committedSeconds).toBeCloseTo(first.committedSeconds);
  const after = await listSegments(db.orm, { transcriptionId: id });
  expect(after.map(({ text }) => text)).toEqual(before.map(({ text }) => text));
  const again = open[0]?.index;
  const kept = new Set(before.map((segment) => segment.id));
  expect(after.filter((segment) => kept.has(segment.id)).every(({ windowIndex }) => windowIndex !== again)).toBe(true);
  expect(after.filter((segment) => !kept.has(segment.id)).every(({ windowIndex }) => windowIndex === again)).toBe(true);
  expect(after.some(({ windowIndex }) => windowIndex === again)).toBe(true);
  await expectInvariants(installation);
});

test('a worker that dies in the middle of a second hearing leaves each text exactly once', async () => {
  const { db, workers } = installation;
  const id = await installation.submit({ audio: { seconds: 150 }, prompt: 'fake:slow@speed=20' });
  const first = await installation.finished(id);
  await redecodeTranscription(db, { id, spans: [{ startSeconds: 0, endSeconds: 150 }], flagged: false });
  await waitFor(
    async () => (await listWindows(db.orm, { transcriptionId: id })).some(({ committedAt }) => committedAt !== null),
    { timeoutMilliseconds: 60_000, what: 'the first window of the second hearing' },
  );
  await workers[0]?.kill();
  const second = await finishedAgain(id);
  expect(second.text).toBe(first.text);
  expect(second.committedSeconds).toBeCloseTo(first.committedSeconds);
  await expectInvariants(installation);
});

test('what is flagged is heard again, except where a person wrote', async () => {
  const { db } = installation;
  const id = await installation.submit({ audio: { seconds: 90 } });
  await installation.finished(id);
  const nothing = await redecodeTranscription(db, { id, spans: [], flagged: true });
  expect(nothing).toMatchObject({ ok: false, code: 'nothing-to-redecode' });

  // As if the engine had been unsure in two windows, one of which was corrected since.
  await db.orm.execute(
    sql`update segments set confidence = 0.2 where transcription_id = ${id} and index = 0 and window_index in (0, 1)`,
  );
  const { lowConfidence } = await readCoverage(db.orm, { transcriptionId: id });
  expect(lowConfidence).toHaveLength(2);
  const [first] = await listSegments(db.orm, { transcriptionId: id });
  // In the same window, but not the unsure segment itself: that stays flagged.
  const [, neighbour] = await listSegments(db.orm, { transcriptionId: id });
  expect(neighbour?.windowIndex).toBe(first?.windowIndex);
  await editSegment(db, { id: neighbour?.id ?? '', text: 'written by hand', revision: 1, editedBy: 'a person' });

  await redecodeTranscription(db, { id, spans: [], flagged: true });
  const finished = await finishedAgain(id);
  expect(finished.text).toContain('written by hand');
  const revisions = await db.orm
    .select({ revision: windows.revision })
    .from(windows)
    .where(eq(windows.transcriptionId, id))
    .orderBy(asc(windows.index));
  expect(revisions.slice(0, 3).map(({ revision }) => revision)).toEqual([1, 2, 1]);
});

test('the vocabulary prompt goes with every window', async () => {
  const { db } = installation;
  // The prompt slows the scripted backend down: a window without it would take a fraction.
  const id = await installation.submit({ audio: { seconds: 150 }, prompt: 'fake:slow@speed=50' });
  await installation.finished(id);
  const heard = await listWindows(db.orm, { transcriptionId: id });
  expect(heard.length).toBeGreaterThan(4);
  for (const { startSeconds, endSeconds, inferenceSeconds } of heard) {
    expect(inferenceSeconds).toBeGreaterThanOrEqual((endSeconds - startSeconds) / 50 - 0.05);
  }
});

test('preparing keeps an outline of the recording, and a retry does not double it', async () => {
  const { db } = installation;
  const id = await installation.submit({ audio: { seconds: 65 } });
  await installation.finished(id);
  const outlines = await db.orm.select().from(soundOutlines).where(eq(soundOutlines.transcriptionId, id));
  expect(outlines).toHaveLength(1);
  expect(outlines[0]).toMatchObject({ channel: 0, speechMilliseconds: null, peakSeconds: 0.01 });
  expect(outlines[0]?.peaks.length).toBe(6500);
  expect(Math.max(...(outlines[0]?.peaks ?? []))).toBeGreaterThan(10);
});
