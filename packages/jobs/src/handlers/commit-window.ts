import { and, eq, isNull, sql } from 'drizzle-orm';
import type { WindowResult } from '@voice-transcriber/backend-sdk';
import { chunks, segments, transcriptions, windows, type Transaction } from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { mergeWindows } from '@voice-transcriber/transcript';
import { describeProgress, readTranscriptionRates } from '../progress.js';
import { guardClaim } from './claims.js';
import type { HeldClaim } from './lease.js';
import { settleTranscription } from './settle-transcription.js';

export type Window = typeof windows.$inferSelect;

export interface WindowCommit {
  readonly claim: HeldClaim;
  readonly workerId: string;
  readonly window: Window;
  readonly result: WindowResult;
  /** Audio seconds of other windows of this run that are done but not committed, so that progress does not fall back. */
  readonly inFlightSeconds: number;
}

/**
 * Stores one window: segments, the window, progress, the chunk when it was the last one, and the event, or nothing of it. The claim's token
 * guards the whole transaction, and the window itself is taken once only. Safe to repeat when the answer to a commit was lost.
 */
export async function commitWindow(transaction: Transaction, commit: WindowCommit): Promise<void> {
  const { claim, workerId, window, result, inFlightSeconds } = commit;
  if (await isCommittedBy(transaction, commit)) return;
  const transcription = await guardClaim(transaction, claim, workerId);
  const [taken] = await transaction
    .update(windows)
    .set({
      committedAt: sql`clock_timestamp()`,
      token: claim.token,
      workerId,
      language: result.language ?? null,
      languageConfidence: result.languageConfidence ?? null,
      inferenceSeconds: result.inferenceSeconds,
    })
    .where(and(eq(windows.id, window.id), isNull(windows.committedAt)))
    .returning({ id: windows.id });
  if (!taken) throw new Error(`Window ${window.index} of transcription ${claim.transcriptionId} is committed already.`);
  await insertSegments(transaction, commit, transcription.options.language);
  const chunkIsDone = await updateChunk(transaction, claim);
  const [facts] = await transaction
    .update(transcriptions)
    .set({
      committedSeconds: sql`${transcriptions.committedSeconds} + ${window.endSeconds - window.startSeconds}::float8`,
      inferenceSeconds: sql`${transcriptions.inferenceSeconds} + ${result.inferenceSeconds}::float8`,
      chunksDone: sql`${transcriptions.chunksDone} + ${chunkIsDone ? 1 : 0}::int`,
    })
    .where(eq(transcriptions.id, transcription.id))
    .returning();
  if (!facts) throw new Error(`Transcription ${transcription.id} vanished under its own lock.`);
  const rates = await readTranscriptionRates(transaction, [transcription.id]);
  await appendEvent(transaction, {
    transcriptionId: transcription.id,
    type: 'segments-appended',
    payload: {
      windowIndexes: [window.index],
      segmentCount: result.segments.length,
      progress: describeProgress(facts, { audioSecondsPerSecond: rates.get(transcription.id), inFlightSeconds }),
    },
  });
  if (chunkIsDone) await settleTranscription(transaction, facts);
}

async function isCommittedBy(transaction: Transaction, { claim, workerId, window }: WindowCommit): Promise<boolean> {
  const [row] = await transaction
    .select({ id: windows.id })
    .from(windows)
    .where(and(eq(windows.id, window.id), eq(windows.token, claim.token), eq(windows.workerId, workerId)));
  return row !== undefined;
}

/** Times are pulled into the window before they are stored, so that whoever reads segments live sees the final ones. */
async function insertSegments(
  transaction: Transaction,
  { claim, window, result }: WindowCommit,
  requestedLanguage: string | undefined,
): Promise<void> {
  if (window.revision > 1) await removeSegments(transaction, window);
  const { index: windowIndex, startSeconds, endSeconds } = window;
  const { segments: merged } = mergeWindows(
    [{ index: windowIndex, startSeconds, endSeconds, segments: result.segments }],
    { durationSeconds: endSeconds },
  );
  if (merged.length === 0) return;
  await transaction.insert(segments).values(
    merged.map((segment, index) => ({
      transcriptionId: claim.transcriptionId,
      windowIndex: window.index,
      channel: window.channel,
      language: result.language ?? requestedLanguage ?? null,
      index,
      startSeconds: segment.startSeconds,
      endSeconds: segment.endSeconds,
      text: segment.text,
      confidence: segment.confidence,
      words: segment.words.map((word) => [word.text, word.startSeconds, word.endSeconds, word.confidence] as const),
    })),
  );
}

/** What a window said before it was opened again stays readable until this moment. */
async function removeSegments(transaction: Transaction, { transcriptionId, index }: Window): Promise<void> {
  await transaction
    .delete(segments)
    .where(and(eq(segments.transcriptionId, transcriptionId), eq(segments.windowIndex, index)));
}

/** A committed window shows that the chunk is no poison so far, and closes the chunk when none is open. Returns whether it did. */
async function updateChunk(transaction: Transaction, claim: HeldClaim): Promise<boolean> {
  const [open] = await transaction
    .select({ id: windows.id })
    .from(windows)
    .where(and(eq(windows.chunkId, claim.id), isNull(windows.committedAt)))
    .limit(1);
  const done = open === undefined;
  await transaction
    .update(chunks)
    .set({
      workerLosses: 0,
      failures: 0,
      // Others are still inside, so the mark of running native code stays.
      ...(done
        ? { state: 'done' as const, leaseOwner: null, leaseUntil: null, nativeStartedAt: null, error: null }
        : {}),
    })
    .where(eq(chunks.id, claim.id));
  return done;
}
