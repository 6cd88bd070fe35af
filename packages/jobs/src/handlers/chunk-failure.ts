import { eq } from 'drizzle-orm';
import { BackendError } from '@voice-transcriber/backend-sdk';
import {
  chunks,
  transcriptions,
  type AvoidedCandidate,
  type StoredError,
  type Transaction,
} from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import type { Transcription } from '../commands/outcome.js';
import { changeState } from '../commands/state.js';
import { ringChunk, ringPrepare } from '../tasks.js';
import { guardClaim, releaseChunk, type Chunk, type ChunkClaim } from './claims.js';
import { isSameCandidate } from './choose-for-chunk.js';
import { failTranscription } from './fail-transcription.js';
import { settleTranscription } from './settle-transcription.js';
import { toStoredError } from './stored-error.js';

/** An inference process that dies three times on one chunk would die for ever: the chunk is poison. */
export const CRASHES_MAX = 3;
/** Failures without a crash, in a row. */
export const FAILURES_MAX = 5;
/** Ways in which an inference process ends instead of answering. */
const CRASH_CODES: readonly string[] = ['process-crashed', 'process-hung', 'out-of-memory', 'protocol-violated'];

export interface FailedChunk {
  readonly claimed: ChunkClaim;
  readonly workerId: string;
  readonly error: unknown;
  /** What was running, when it came that far. */
  readonly candidate: AvoidedCandidate | undefined;
}

/** Stores what a failure means for the chunk: again, again elsewhere, quarantine, or the end of the transcription. */
export async function recordChunkFailure(transaction: Transaction, failed: FailedChunk): Promise<void> {
  const { claimed, workerId, error } = failed;
  const transcription = await guardClaim(transaction, claimed.claim, workerId);
  const [chunk] = await transaction.select().from(chunks).where(eq(chunks.id, claimed.claim.id));
  if (!chunk) return;
  const stored = toStoredError(error);
  if (error instanceof BackendError && error.retry === 'never') {
    await appendFailure(transaction, chunk, stored, undefined);
    return failTranscription(transaction, transcription, stored);
  }
  const crashes = chunk.crashes + (CRASH_CODES.includes(stored.code) ? 1 : 0);
  const failures = chunk.failures + (CRASH_CODES.includes(stored.code) ? 0 : 1);
  if (crashes >= CRASHES_MAX || failures >= FAILURES_MAX) {
    await appendFailure(transaction, chunk, stored, undefined);
    await quarantineChunk(transaction, chunk, { crashes, failures, error: stored });
    return settleTranscription(transaction, transcription);
  }
  if (isWorkFileMissing(stored.code)) {
    await appendFailure(transaction, chunk, stored, 0);
    await releaseChunk(transaction, claimed.claim, { crashes, failures, error: stored });
    return prepareAgain(transaction, transcription);
  }
  const retryInSeconds = backoffSeconds(crashes + failures);
  const avoided = avoidedAfter(chunk, failed);
  if (avoided !== chunk.avoided) await recordFallback(transaction, transcription, failed);
  await releaseChunk(transaction, claimed.claim, {
    crashes,
    failures,
    error: stored,
    avoided,
  });
  await appendFailure(transaction, chunk, stored, retryInSeconds);
  if (transcription.state === 'transcribing') await ringChunk(transaction, chunk.id, { delaySeconds: retryInSeconds });
}

/** The prepared audio is gone or too short: a disk lost it. The recording itself can make it anew. */
function isWorkFileMissing(code: string): boolean {
  return code === 'blob-missing' || code === 'prepare-failed';
}

/** Back to the start, with the plan and all that is committed kept. Only while nothing else has moved the transcription on. */
async function prepareAgain(transaction: Transaction, { id, state }: Transcription): Promise<void> {
  if (state !== 'transcribing') return;
  await changeState(transaction, { id, from: state, state: 'queued' });
  await ringPrepare(transaction, id);
}

/** At once, then after 1, 2, 4 … seconds: most crashes are one of a kind. */
function backoffSeconds(tries: number): number {
  return tries <= 1 ? 0 : 2 ** (tries - 2);
}

/** The rest of the recording goes on without it; the finished transcript names the gap. */
export async function quarantineChunk(
  transaction: Transaction,
  chunk: Pick<Chunk, 'id'>,
  changes: Partial<Pick<Chunk, 'crashes' | 'failures' | 'workerLosses'>> & { readonly error: StoredError },
): Promise<void> {
  await transaction
    .update(chunks)
    .set({ ...changes, state: 'quarantined', leaseOwner: null, leaseUntil: null, nativeStartedAt: null })
    .where(eq(chunks.id, chunk.id));
}

function avoidedAfter(chunk: Chunk, { error, candidate }: FailedChunk): readonly AvoidedCandidate[] {
  if (!candidate || !(error instanceof BackendError) || error.retry !== 'elsewhere') return chunk.avoided;
  return [...chunk.avoided, { ...candidate, reason: error.message }];
}

/** The verdicts say what was chosen first and why the next one takes over. */
async function recordFallback(
  transaction: Transaction,
  { id, candidates }: Transcription,
  { error, candidate }: FailedChunk,
): Promise<void> {
  const failure = toStoredError(error).message;
  const marked = candidates.map((verdict) =>
    candidate !== undefined && isSameCandidate(verdict, candidate) ? { ...verdict, failure } : verdict,
  );
  await transaction.update(transcriptions).set({ candidates: marked }).where(eq(transcriptions.id, id));
}

async function appendFailure(
  transaction: Transaction,
  chunk: Chunk,
  error: StoredError,
  retryInSeconds: number | undefined,
): Promise<void> {
  await appendEvent(transaction, {
    transcriptionId: chunk.transcriptionId,
    type: 'attempt-failed',
    payload: {
      kind: 'chunk',
      chunkIndex: chunk.index,
      error,
      ...(retryInSeconds === undefined ? {} : { retryInSeconds }),
    },
  });
}
