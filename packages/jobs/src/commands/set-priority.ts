import { eq, sql } from 'drizzle-orm';
import { isTerminalState, transcriptions, type Database, type TranscriptionPriority } from '@voice-transcriber/db';
import { ringTranscription } from '../tasks.js';
import { invalidState, lockTranscription, NOT_FOUND, readTranscription, type TranscriptionOutcome } from './outcome.js';

/** Moves what still waits of a transcription to another class; running windows are not touched. */
export async function setTranscriptionPriority(
  db: Database,
  { id, priority }: { id: string; priority: TranscriptionPriority },
): Promise<TranscriptionOutcome> {
  return db.orm.transaction(async (transaction) => {
    const transcription = await lockTranscription(transaction, id);
    if (!transcription) return NOT_FOUND;
    if (isTerminalState(transcription.state)) {
      return invalidState(
        transcription.state,
        `The transcription is already ${transcription.state}; its priority no longer matters.`,
      );
    }
    await transaction
      .update(transcriptions)
      .set({ priority, updatedAt: sql`now()` })
      .where(eq(transcriptions.id, id));
    // A bell that is rung again takes the new priority.
    await ringTranscription(transaction, id, transcription.state);
    return { ok: true, transcription: await readTranscription(transaction, id) };
  });
}
