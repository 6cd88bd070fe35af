import { and, eq } from 'drizzle-orm';
import { transcriptions, type Database } from '@voice-transcriber/db';
import type { Storage } from '@voice-transcriber/storage';

/** Named by the claim as well: a worker that lost its claim writes to a file that nobody reads. */
export function workFileKey(transcriptionId: string, token: number): string {
  return `audio/${transcriptionId}.${token}.pcm`;
}

/** Deletes the work file of a finished transcription, file first: if this dies in between, the row still says what is left to do. */
export async function deleteWorkFile(
  { db, storage }: { db: Database; storage: Storage },
  { id, audioKey }: { id: string; audioKey: string },
): Promise<void> {
  await storage.delete(audioKey);
  await db.orm
    .update(transcriptions)
    .set({ audioKey: null })
    .where(and(eq(transcriptions.id, id), eq(transcriptions.audioKey, audioKey)));
}
