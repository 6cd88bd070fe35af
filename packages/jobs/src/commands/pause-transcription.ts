import type { Database, TranscriptionState } from '@voice-transcriber/db';
import { notifyWorkers, ringTranscription, silence } from '../tasks.js';
import { invalidState, lockTranscription, NOT_FOUND, readTranscription, type TranscriptionOutcome } from './outcome.js';
import { changeState, fenceWorkers } from './state.js';

const PAUSABLE: readonly TranscriptionState[] = ['queued', 'preparing', 'transcribing'];

/**
 * Stops a transcription at the next window border and keeps what is done. A running preparation is dropped and starts over on resume:
 * it takes seconds, and half a work file is worth nothing.
 */
export async function pauseTranscription(db: Database, { id }: { id: string }): Promise<TranscriptionOutcome> {
  return db.orm.transaction(async (transaction) => {
    const transcription = await lockTranscription(transaction, id);
    if (!transcription) return NOT_FOUND;
    const { state } = transcription;
    if (!PAUSABLE.includes(state)) {
      return invalidState(state, `A transcription that is ${state} cannot be paused; only one that waits or runs can.`);
    }
    // A chunk that runs keeps its lease until its window is committed.
    if (state === 'preparing') await fenceWorkers(transaction, id, 'released');
    await silence(transaction, id);
    await notifyWorkers(transaction, id);
    const stateBeforePause = state === 'preparing' ? 'queued' : state;
    await changeState(transaction, { id, from: state, state: 'paused', changes: { stateBeforePause } });
    return { ok: true, transcription: await readTranscription(transaction, id) };
  });
}

/** Goes on where the pause stopped it. */
export async function resumeTranscription(db: Database, { id }: { id: string }): Promise<TranscriptionOutcome> {
  return db.orm.transaction(async (transaction) => {
    const transcription = await lockTranscription(transaction, id);
    if (!transcription) return NOT_FOUND;
    if (transcription.state !== 'paused') {
      return invalidState(transcription.state, `The transcription is ${transcription.state}, not paused.`);
    }
    const state = transcription.stateBeforePause ?? 'queued';
    await changeState(transaction, { id, from: 'paused', state, changes: { stateBeforePause: null } });
    await ringTranscription(transaction, id, state);
    return { ok: true, transcription: await readTranscription(transaction, id) };
  });
}
