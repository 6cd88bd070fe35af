import { inArray } from 'drizzle-orm';
import {
  chunks,
  listSegments,
  listWindows,
  windows,
  type Database,
  type StoredError,
  type Transaction,
} from '@voice-transcriber/db';
import { TRANSCRIPT_PROBLEM_CODES, type Span } from '@voice-transcriber/transcript';
import { ringPrepare } from '../tasks.js';
import { overlaps, readCoverage } from './coverage.js';
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

export interface NothingToRedecode {
  readonly ok: false;
  readonly code: 'nothing-to-redecode';
  /** Says why and what would work. */
  readonly message: string;
}

type Window = typeof windows.$inferSelect;

/**
 * Has parts of a finished transcription heard again: the windows under `spans`, and with `flagged` those that the coverage report names, unless a person edited
 * them. All else is kept. The old text stays readable until the new one of its window is committed, and stays for good when that never comes.
 */
export async function redecodeTranscription(
  db: Database,
  {
    id,
    spans,
    flagged,
    model,
  }: {
    readonly id: string;
    readonly spans: readonly Span[];
    readonly flagged: boolean;
    /** Default: the one that was asked for at first. */
    readonly model?: string | undefined;
  },
): Promise<TranscriptionOutcome | NothingToRedecode> {
  return db.orm.transaction(async (transaction) => {
    const transcription = await lockTranscription(transaction, id);
    if (!transcription) return NOT_FOUND;
    const { state } = transcription;
    if (state !== 'completed' && state !== 'partial') {
      return invalidState(
        state,
        `The transcription is ${state}; only one that is completed can be heard again in parts.`,
      );
    }
    if (!(await holdRecording(transaction, transcription.mediaId))) {
      return invalidState(state, 'The recording is no longer stored; upload it again.');
    }
    const chosen = await chooseWindows(transaction, { id, spans, flagged });
    if (chosen.length === 0) {
      const message = flagged
        ? 'Nothing is flagged that was not edited already. Name the spans that are to be heard again.'
        : 'No speech was found in these spans. Name spans that lie in the recording.';
      return { ok: false, code: 'nothing-to-redecode', message };
    }
    await fenceWorkers(transaction, id, 'released');
    const chunksOpened = await openWindows(transaction, chosen);
    await changeState(transaction, {
      id,
      from: state,
      state: 'queued',
      changes: resetColumns(transcription, { chosen, chunksOpened, model }),
    });
    await ringPrepare(transaction, id);
    return { ok: true, transcription: await readTranscription(transaction, id) };
  });
}

async function chooseWindows(
  transaction: Transaction,
  { id, spans, flagged }: { readonly id: string; readonly spans: readonly Span[]; readonly flagged: boolean },
): Promise<Window[]> {
  const planned = await listWindows(transaction, { transcriptionId: id });
  const named = planned.filter((window) => spans.some((span) => overlaps(span, window)));
  if (!flagged) return named;
  const { uncovered, loops, lowConfidence } = await readCoverage(transaction, { transcriptionId: id });
  const suspect = [...uncovered, ...loops, ...lowConfidence];
  const segments = await listSegments(transaction, { transcriptionId: id });
  const edited = new Set(segments.filter(({ editedAt }) => editedAt !== null).map(({ windowIndex }) => windowIndex));
  const found = planned.filter((window) => !edited.has(window.index) && suspect.some((span) => overlaps(span, window)));
  return [...new Set([...named, ...found])];
}

/** Returns how many chunks that were done have something to do again. */
async function openWindows(transaction: Transaction, chosen: readonly Window[]): Promise<number> {
  const windowIds = chosen.map(({ id }) => id);
  await reopenWindows(transaction, inArray(windows.id, windowIds));
  const chunkIds = [...new Set(chosen.map(({ chunkId }) => chunkId))];
  const before = await transaction.select({ state: chunks.state }).from(chunks).where(inArray(chunks.id, chunkIds));
  await reopenChunks(transaction, inArray(chunks.id, chunkIds));
  return before.filter(({ state }) => state === 'done').length;
}

/** Found in the transcript as it was; whoever finishes it looks anew. */
const FOUND_IN_TRANSCRIPT: ReadonlySet<string> = new Set([...TRANSCRIPT_PROBLEM_CODES, 'gap', 'no-speech']);

function resetColumns(
  transcription: Transcription,
  {
    chosen,
    chunksOpened,
    model,
  }: { readonly chosen: readonly Window[]; readonly chunksOpened: number; readonly model: string | undefined },
) {
  const openedSeconds = chosen
    .filter(({ committedAt }) => committedAt !== null)
    .reduce((total, { startSeconds, endSeconds }) => total + endSeconds - startSeconds, 0);
  return {
    requestedModel: model ?? transcription.requestedModel,
    committedSeconds: Math.max(0, transcription.committedSeconds - openedSeconds),
    chunksDone: transcription.chunksDone - chunksOpened,
    warnings: transcription.warnings.filter(({ code }: StoredError) => !FOUND_IN_TRANSCRIPT.has(code)),
    error: null,
    finishedAt: null,
    cancelRequested: false,
    stepFailures: 0,
  };
}
