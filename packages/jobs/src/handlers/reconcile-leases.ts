import { sql, type SQL } from 'drizzle-orm';
import { chunks, transcriptions, type StoredError, type Transaction } from '@voice-transcriber/db';
import { tryLockTranscription, type Transcription } from '../commands/outcome.js';
import { ringChunk, ringTranscription } from '../tasks.js';
import { quarantineChunk } from './chunk-failure.js';
import { closedAttempt, endClosedAttempts, type ClosedAttempt } from './closed-attempt.js';
import { failTranscription } from './fail-transcription.js';
import type { ReconcilerDependencies } from './reconciler-dependencies.js';
import { settleTranscription } from './settle-transcription.js';
import { STEP_FAILURES_MAX } from './step-failure.js';
import { workFileKey } from './work-file.js';

/**
 * Workers that may die one after another without a window between them. Higher than the limit of crashes: whoever kills workers from outside
 * must not poison a chunk, but a chunk that takes the whole worker down must end somewhere.
 */
const WORKER_LOSSES_MAX = 10;

const WORKER_LOST: StoredError = {
  code: 'worker-lost',
  message:
    'The workers that held this part of the recording died again and again; see their logs, then retry the transcription.',
};

const leaseIsLost = (row: string) =>
  sql.raw(`
  (${row}.lease_until < now() or ${row}.lease_owner in (select id from workers where state in ('lost', 'stopped')))`);

/** Chunks whose holder is dead or silent wait again, or are given up after too many losses. */
export async function recoverChunks({ db, logger, metrics }: ReconcilerDependencies): Promise<void> {
  const lost = await db.orm.execute<{ id: string; transcription_id: string }>(sql`
    select id, transcription_id from chunks c where state = 'running' and ${leaseIsLost('c')} order by lease_until limit 100`);
  for (const row of lost) {
    const closed = await db.orm.transaction(async (transaction) => {
      const transcription = await tryLockTranscription(transaction, row.transcription_id);
      return transcription && recoverChunk(transaction, transcription, row.id);
    });
    if (closed === undefined) continue;
    endClosedAttempts(closed);
    metrics.leasesRecovered('chunk', 1);
    logger.warn({ transcriptionId: row.transcription_id, chunkId: row.id }, 'A lost chunk waits again.');
  }
}

/** Returns the attempts that it closed; undefined when there was nothing to recover any more. */
async function recoverChunk(
  transaction: Transaction,
  transcription: Transcription,
  chunkId: string,
): Promise<readonly ClosedAttempt[] | undefined> {
  const [chunk] = await transaction
    .update(chunks)
    .set({
      state: 'waiting',
      leaseOwner: null,
      leaseUntil: null,
      nativeStartedAt: null,
      token: sql`${chunks.token} + 1`,
      // Only a death while native code ran speaks against the chunk.
      workerLosses: sql`${chunks.workerLosses} + case when ${chunks.nativeStartedAt} is null then 0 else 1 end`,
    })
    .where(sql`${chunks.id} = ${chunkId} and ${chunks.state} = 'running' and ${leaseIsLost('chunks')}`)
    .returning({ id: chunks.id, workerLosses: chunks.workerLosses });
  if (!chunk) return undefined;
  const closed = await closeAttempts(transaction, sql`chunk_id = ${chunkId}`);
  if (chunk.workerLosses >= WORKER_LOSSES_MAX) {
    await quarantineChunk(transaction, chunk, { error: WORKER_LOST });
    await settleTranscription(transaction, transcription);
  } else if (transcription.state === 'transcribing') await ringChunk(transaction, chunkId);
  return closed;
}

async function closeAttempts(transaction: Transaction, which: SQL): Promise<readonly ClosedAttempt[]> {
  return transaction.execute<ClosedAttempt>(sql`
    update attempts set outcome = 'lost', finished_at = now(), duration_seconds = extract(epoch from now() - started_at)
    where ${which} and outcome = 'running' returning ${closedAttempt(sql`attempts`)}`);
}

/** The same for the single steps; a half-written work file is deleted. */
export async function recoverSteps({ db, storage, metrics }: ReconcilerDependencies): Promise<void> {
  const lost = await db.orm.execute<{ id: string }>(sql`
    select id from transcriptions t where state in ('preparing', 'finishing') and lease_until is not null and ${leaseIsLost('t')} limit 100`);
  for (const { id } of lost) {
    const recovered = await db.orm.transaction((transaction) => recoverStep(transaction, id));
    if (recovered === undefined) continue;
    endClosedAttempts(recovered.closed);
    metrics.leasesRecovered('step', 1);
    if (recovered.preparedUnder !== undefined) await storage.delete(workFileKey(id, recovered.preparedUnder));
  }
}

interface RecoveredStep {
  readonly closed: readonly ClosedAttempt[];
  /** The token under which a preparation wrote its file. */
  readonly preparedUnder: number | undefined;
}

/** Undefined when there was nothing to recover any more. */
async function recoverStep(transaction: Transaction, id: string): Promise<RecoveredStep | undefined> {
  const transcription = await tryLockTranscription(transaction, id);
  if (!transcription) return undefined;
  const stepFailures = transcription.stepFailures + 1;
  const [row] = await transaction
    .update(transcriptions)
    .set({ leaseOwner: null, leaseUntil: null, token: sql`${transcriptions.token} + 1`, stepFailures })
    .where(
      sql`${transcriptions.id} = ${id} and ${transcriptions.leaseUntil} is not null and ${leaseIsLost('transcriptions')}`,
    )
    .returning({ id: transcriptions.id });
  if (!row) return undefined;
  const closed = await closeAttempts(transaction, sql`transcription_id = ${id} and chunk_id is null`);
  if (stepFailures >= STEP_FAILURES_MAX * 2) await failTranscription(transaction, transcription, WORKER_LOST);
  else await ringTranscription(transaction, id, transcription.state);
  return { closed, preparedUnder: transcription.state === 'preparing' ? transcription.token : undefined };
}
