import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { appendEvent } from '@voice-transcriber/events';

/** Transcriptions in the middle of their work. Returns their row ids. */
export async function createRunning(db, count) {
  const ids = [];
  for (let index = 0; index < count; index += 1) {
    const mediaId = randomUUID();
    const id = randomUUID();
    await db.sql`insert into media (id, storage_key, sha256, size_bytes, filename, container, duration_seconds)
      values (${mediaId}, ${`uploads/none/${mediaId}`}, ${mediaId}, 1000, ${`recording-${index}.mp3`}, 'mp3', 3600)`;
    await db.sql`insert into transcriptions (id, media_id, state, options, audio_seconds, planned_seconds, started_at)
      values (${id}, ${mediaId}, 'transcribing', '{"task":"transcribe","wordTimes":true}', 3600, 3600, now())`;
    ids.push(id);
  }
  return ids;
}

export const globalId = (rowId) => Buffer.from(`Transcription:${rowId}`).toString('base64url');

/**
 * Commits a window of one segment with its event, as a worker does, in one transaction. Returns its number and the moment before the transaction began:
 * what is measured from there contains the commit itself.
 */
export async function commitWindow(db, { transcriptionId, windowIndex }) {
  const startedAt = performance.now();
  const startSeconds = windowIndex * 2;
  const words = JSON.stringify([['window', startSeconds, startSeconds + 1, 0.9]]);
  const seq = await db.orm.transaction(async (transaction) => {
    await transaction.execute(sql`
      insert into segments (transcription_id, window_index, index, start_seconds, end_seconds, text, confidence, words)
      values (${transcriptionId}, ${windowIndex}, 0, ${startSeconds}, ${startSeconds + 1}, ${`window ${windowIndex}`}, 0.9, ${words}::jsonb)`);
    const progress = {
      committedSeconds: startSeconds,
      plannedSeconds: 3600,
      chunksDone: 0,
      chunksTotal: 1,
      fraction: startSeconds / 3600,
    };
    return appendEvent(transaction, {
      transcriptionId,
      type: 'segments-appended',
      payload: { windowIndexes: [windowIndex], segmentCount: 1, progress },
    });
  });
  return { seq, startedAt };
}

export const keyOf = (id, seq) => `${id} ${seq}`;

/** Writes `rounds` windows to each transcription, all of them evenly spread over time. Returns when each began, by transcription and number. */
export async function writeWindows(db, ids, { rounds, everyMilliseconds }) {
  const startedAt = new Map();
  for (let round = 0; round < rounds; round += 1) {
    for (const transcriptionId of ids) {
      const next = delay(everyMilliseconds / ids.length);
      const { seq, startedAt: at } = await commitWindow(db, { transcriptionId, windowIndex: round });
      startedAt.set(keyOf(transcriptionId, seq), at);
      await next;
    }
  }
  return startedAt;
}
