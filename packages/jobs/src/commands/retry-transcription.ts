import { and, eq, inArray } from 'drizzle-orm';
import { chunks, isTerminalState, segments, windows, type Database, type Transaction } from '@voice-transcriber/db';
import { ringPrepare } from '../tasks.js';
import {
  invalidState,
  lockTranscription,
  NOT_FOUND,
  readTranscription,
  type Transcription,
  type TranscriptionOutcome,
} from './outcome.js';
import { holdRecording, reopenChunks, reopenWindows } from './reopen.js';
import { changeState, fenceWorkers } from './state.js';

/**
 * Starts a finished transcription again. With the same model what was transcribed is kept and only gaps are filled; with another model, or
 * after a complete result, it begins from nothing.
 */
export async function retryTranscription(
  db: Database,
  { id, model }: { id: string; model?: string | undefined },
): Promise<TranscriptionOutcome> {
  return db.orm.transaction(async (transaction) => {
    const transcription = await lockTranscription(transaction, id);
    if (!transcription) return NOT_FOUND;
    const { state } = transcription;
    if (!isTerminalState(state)) {
      return invalidState(state, `The transcription is ${state}; only a finished one can be tried again.`);
    }
    if (!(await holdRecording(transaction, transcription.mediaId))) {
      return invalidState(state, 'The recording is no longer stored, because it could not be read; upload it again.');
    }
    const hasNewModel = model !== undefined && model !== transcription.model;
    const extent = state === 'completed' || hasNewModel ? 'all' : 'gaps';
    await fenceWorkers(transaction, id, 'released');
    await reopenWork(transaction, id, extent);
    await changeState(transaction, {
      id,
      from: state,
      state: 'queued',
      changes: resetColumns(transcription, { model, extent }),
    });
    await ringPrepare(transaction, id);
    return { ok: true, transcription: await readTranscription(transaction, id) };
  });
}

/** What is heard anew: the whole recording, or only what has no text yet. */
type Extent = 'all' | 'gaps';

async function reopenWork(transaction: Transaction, transcriptionId: string, extent: Extent): Promise<void> {
  if (extent === 'all') {
    await transaction.delete(segments).where(eq(segments.transcriptionId, transcriptionId));
    await reopenWindows(transaction, eq(windows.transcriptionId, transcriptionId));
  }
  const states =
    extent === 'all' ? (['waiting', 'done', 'quarantined'] as const) : (['waiting', 'quarantined'] as const);
  await reopenChunks(transaction, and(eq(chunks.transcriptionId, transcriptionId), inArray(chunks.state, states)));
}

function resetColumns(
  transcription: Transcription,
  { model, extent }: { readonly model: string | undefined; readonly extent: Extent },
) {
  return {
    requestedModel: model ?? transcription.requestedModel,
    error: null,
    warnings: [],
    text: null,
    wordCount: null,
    finishedAt: null,
    cancelRequested: false,
    stepFailures: 0,
    retries: transcription.retries + 1,
    ...(extent === 'all'
      ? {
          committedSeconds: 0,
          chunksDone: 0,
          inferenceSeconds: 0,
          language: null,
          editedAt: null,
          model: null,
          backend: null,
          device: null,
          deviceActual: null,
          candidates: [],
        }
      : // A quarantined chunk was never counted as done, a done one stays so.
        {}),
  };
}
