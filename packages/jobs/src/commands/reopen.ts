import { eq, sql, type SQL } from 'drizzle-orm';
import { chunks, media, windows, type Transaction } from '@voice-transcriber/db';

/** The recording of a transcription that is to be heard again, held against deletion; undefined when its bytes are gone. */
export async function holdRecording(
  transaction: Transaction,
  mediaId: string,
): Promise<typeof media.$inferSelect | undefined> {
  const [recording] = await transaction.select().from(media).where(eq(media.id, mediaId)).for('share');
  return recording?.blobDeletedAt ? undefined : recording;
}

/** Opens windows again. Those that were committed get a higher revision, so that readers know their next text from the old one. */
export async function reopenWindows(transaction: Transaction, chosen: SQL): Promise<void> {
  await transaction
    .update(windows)
    .set({
      committedAt: null,
      token: null,
      workerId: null,
      language: null,
      languageConfidence: null,
      inferenceSeconds: null,
      revision: sql`case when ${windows.committedAt} is null then ${windows.revision} else ${windows.revision} + 1 end`,
    })
    .where(chosen);
}

/** Lets chunks wait for a worker again; what failed in earlier tries no longer counts against them. */
export async function reopenChunks(transaction: Transaction, chosen: SQL | undefined): Promise<void> {
  await transaction
    .update(chunks)
    .set({
      state: 'waiting',
      crashes: 0,
      workerLosses: 0,
      failures: 0,
      avoided: [],
      error: null,
      nativeStartedAt: null,
    })
    .where(chosen);
}
