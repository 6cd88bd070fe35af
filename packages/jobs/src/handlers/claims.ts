import { and, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import { attempts, chunks, transcriptions, type Transaction } from '@voice-transcriber/db';
import { queueIsPaused } from '../commands/queue.js';
import { changeState } from '../commands/state.js';
import type { Transcription } from '../commands/outcome.js';
import { leaseEnd, WorkDroppedError, type HeldClaim } from './lease.js';

export type Chunk = typeof chunks.$inferSelect;

export interface ChunkClaim {
  readonly claim: HeldClaim;
  readonly chunk: Chunk;
  readonly transcription: Transcription;
  readonly attemptId: string;
}

export interface StepClaim {
  readonly claim: HeldClaim;
  readonly transcription: Transcription;
  readonly attemptId: string;
  /** How long it waited in the queue, when this claim is the first that took it from there. */
  readonly queuedSeconds: number | undefined;
}

/*
 * Everywhere the transcription's row is locked before its chunks: commands, commits and the reconciler take turns instead of deadlocking.
 */

/** Takes a waiting chunk; undefined when there is nothing to take (another worker has it, paused, cancelled, done): the bell was late. */
export async function claimChunk(
  transaction: Transaction,
  { chunkId, workerId }: { chunkId: string; workerId: string },
): Promise<ChunkClaim | undefined> {
  const [transcription] = await transaction
    .select()
    .from(transcriptions)
    .where(
      sql`${transcriptions.id} = (select transcription_id from chunks where id = ${chunkId}) and not ${queueIsPaused}`,
    )
    .for('no key update');
  if (transcription?.state !== 'transcribing') return undefined;
  const [chunk] = await transaction
    .update(chunks)
    .set({
      state: 'running',
      leaseOwner: workerId,
      leaseUntil: leaseEnd,
      token: sql`${chunks.token} + 1`,
      nativeStartedAt: null,
    })
    .where(and(eq(chunks.id, chunkId), eq(chunks.state, 'waiting')))
    .returning();
  if (!chunk) return undefined;
  const attemptId = await openAttempt(transaction, {
    transcriptionId: transcription.id,
    chunkId,
    kind: 'chunk',
    workerId,
    token: chunk.token,
  });
  const claim = { kind: 'chunk', id: chunkId, transcriptionId: transcription.id, token: chunk.token } as const;
  return { claim, chunk, transcription, attemptId };
}

/** Takes the single step of a transcription, with the same meaning of undefined. */
export async function claimStep(
  transaction: Transaction,
  { transcriptionId, workerId, step }: { transcriptionId: string; workerId: string; step: 'prepare' | 'finish' },
): Promise<StepClaim | undefined> {
  const [before] = await transaction
    .select({
      state: transcriptions.state,
      startedAt: transcriptions.startedAt,
      ageSeconds: sql<number>`extract(epoch from now() - ${transcriptions.createdAt})::float8`,
    })
    .from(transcriptions)
    .where(eq(transcriptions.id, transcriptionId))
    .for('no key update');
  const [transcription] = await transaction
    .update(transcriptions)
    .set({ leaseOwner: workerId, leaseUntil: leaseEnd, token: sql`${transcriptions.token} + 1` })
    .where(
      and(
        eq(transcriptions.id, transcriptionId),
        inArray(transcriptions.state, step === 'prepare' ? ['queued', 'preparing'] : ['finishing']),
        or(isNull(transcriptions.leaseUntil), lt(transcriptions.leaseUntil, sql`now()`)),
        sql`not ${queueIsPaused}`,
      ),
    )
    .returning();
  if (!transcription || !before) return undefined;
  if (before.state === 'queued') {
    const changes = { startedAt: sql`coalesce(started_at, now())` };
    await changeState(transaction, { id: transcriptionId, from: 'queued', state: 'preparing', changes });
  }
  const attemptId = await openAttempt(transaction, {
    transcriptionId,
    kind: step,
    workerId,
    token: transcription.token,
  });
  const claim = { kind: 'step', id: transcriptionId, transcriptionId, token: transcription.token } as const;
  const isFirst = before.state === 'queued' && before.startedAt === null;
  return { claim, transcription, attemptId, queuedSeconds: isFirst ? before.ageSeconds : undefined };
}

async function openAttempt(transaction: Transaction, values: typeof attempts.$inferInsert): Promise<string> {
  const [row] = await transaction.insert(attempts).values(values).returning({ id: attempts.id });
  if (!row) throw new Error('The insert of an attempt returned nothing.');
  return row.id;
}

/** Locks the transcription for a write under a claim. Throws WorkDroppedError `fenced` when the claim is gone. */
export async function guardClaim(transaction: Transaction, claim: HeldClaim, workerId: string): Promise<Transcription> {
  const [transcription] = await transaction
    .select()
    .from(transcriptions)
    .where(eq(transcriptions.id, claim.transcriptionId))
    .for('no key update');
  if (!transcription) throw new WorkDroppedError('cancelled');
  if (claim.kind === 'step') {
    if (transcription.token !== claim.token || transcription.leaseOwner !== workerId) throw dropped(transcription);
    return transcription;
  }
  const [chunk] = await transaction
    .select({ id: chunks.id })
    .from(chunks)
    .where(
      and(
        eq(chunks.id, claim.id),
        eq(chunks.token, claim.token),
        eq(chunks.leaseOwner, workerId),
        eq(chunks.state, 'running'),
      ),
    )
    .for('update');
  if (!chunk) throw dropped(transcription);
  return transcription;
}

/** A claim that a person took away is no sign of a zombie. */
function dropped({ state }: Transcription): WorkDroppedError {
  return new WorkDroppedError(
    state === 'cancelled' || state === 'paused' || state === 'queued' ? 'cancelled' : 'fenced',
  );
}

/** Lets go of a chunk that is not done; it waits again. */
export async function releaseChunk(
  transaction: Transaction,
  claim: HeldClaim,
  changes: Partial<Pick<Chunk, 'crashes' | 'failures' | 'avoided' | 'error'>> = {},
): Promise<void> {
  await transaction
    .update(chunks)
    .set({ ...changes, state: 'waiting', leaseOwner: null, leaseUntil: null, nativeStartedAt: null })
    .where(eq(chunks.id, claim.id));
}
