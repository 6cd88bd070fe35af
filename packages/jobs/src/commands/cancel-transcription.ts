import { isTerminalState, type Database } from '@voice-transcriber/db';
import { notifyWorkers, silence } from '../tasks.js';
import { invalidState, lockTranscription, NOT_FOUND, readTranscription, type TranscriptionOutcome } from './outcome.js';
import { changeState, fenceWorkers } from './state.js';

/**
 * Ends a transcription for good. It is cancelled as soon as this returns: workers are fenced off in the same transaction, and told to end
 * what they run for it. What was transcribed so far is kept.
 */
export async function cancelTranscription(db: Database, { id }: { id: string }): Promise<TranscriptionOutcome> {
  return db.orm.transaction(async (transaction) => {
    const transcription = await lockTranscription(transaction, id);
    if (!transcription) return NOT_FOUND;
    if (isTerminalState(transcription.state)) {
      return invalidState(
        transcription.state,
        `The transcription is already ${transcription.state}; there is nothing to cancel.`,
      );
    }
    await fenceWorkers(transaction, id, 'cancelled');
    await silence(transaction, id);
    await notifyWorkers(transaction, id);
    await changeState(transaction, {
      id,
      from: transcription.state,
      state: 'cancelled',
      changes: { cancelRequested: true, stateBeforePause: null, finishedAt: new Date() },
    });
    return { ok: true, transcription: await readTranscription(transaction, id) };
  });
}
