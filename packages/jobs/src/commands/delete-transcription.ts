import { and, eq, ne, sql } from 'drizzle-orm';
import { events, media, transcriptions, type Database } from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { notifyWorkers, silence } from '../tasks.js';
import { lockTranscription, NOT_FOUND, type NotFound } from './outcome.js';

export interface DeletedTranscription {
  readonly ok: true;
  /** Blobs that nothing refers to any more; the caller deletes them. If it dies first, clean-up does. */
  readonly storageKeys: readonly string[];
}

/** Removes a transcription in any state with everything that belongs to it. Only the event that says so stays. */
export async function deleteTranscription(
  db: Database,
  { id }: { id: string },
): Promise<DeletedTranscription | NotFound> {
  return db.orm.transaction(async (transaction) => {
    const transcription = await lockTranscription(transaction, id);
    if (!transcription) return NOT_FOUND;
    await silence(transaction, id);
    await notifyWorkers(transaction, id);
    const seq = await appendEvent(transaction, { transcriptionId: id, type: 'transcription-deleted', payload: {} });
    await transaction.delete(events).where(and(eq(events.transcriptionId, id), ne(events.seq, seq)));
    await transaction.delete(transcriptions).where(eq(transcriptions.id, id));
    const storageKeys = transcription.audioKey === null ? [] : [transcription.audioKey];
    // Waits for an upload of the same content that is about to refer to this row.
    const [recording] = await transaction.select().from(media).where(eq(media.id, transcription.mediaId)).for('update');
    const [others] = await transaction
      .select({ count: sql<number>`count(*)::int` })
      .from(transcriptions)
      .where(eq(transcriptions.mediaId, transcription.mediaId));
    if (recording && others?.count === 0) {
      await transaction.delete(media).where(eq(media.id, recording.id));
      if (!recording.blobDeletedAt) storageKeys.push(recording.storageKey);
    }
    return { ok: true, storageKeys };
  });
}
