import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import {
  chunks,
  transcriptions,
  type StoredError,
  type Transaction,
  type TranscriptionState,
} from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { enqueueDeliveries } from './webhook-outbox.js';

type Changes = Omit<PgUpdateSetSource<typeof transcriptions>, 'id' | 'state' | 'eventSeq'>;

/** Moves a locked transcription to another state, with its event and with what webhooks are told of it. */
export async function changeState(
  transaction: Transaction,
  {
    id,
    from,
    state,
    changes = {},
    error,
  }: {
    id: string;
    from: TranscriptionState;
    state: TranscriptionState;
    changes?: Changes;
    error?: StoredError;
  },
): Promise<void> {
  await transaction
    .update(transcriptions)
    .set({ ...changes, ...(error ? { error } : {}), state, updatedAt: sql`now()` })
    .where(eq(transcriptions.id, id));
  await appendEvent(transaction, {
    transcriptionId: id,
    type: 'state-changed',
    payload: { from, state, ...(error ? { error } : {}) },
  });
  await enqueueDeliveries(transaction, id, state);
}

/**
 * Takes a transcription away from whoever works on it: all tokens grow, so that nothing written under an older one is accepted.
 * The attempts that ran are closed with `outcome`.
 */
export async function fenceWorkers(
  transaction: Transaction,
  id: string,
  outcome: 'cancelled' | 'released',
): Promise<void> {
  await transaction
    .update(transcriptions)
    .set({ token: sql`${transcriptions.token} + 1`, leaseOwner: null, leaseUntil: null })
    .where(eq(transcriptions.id, id));
  await transaction
    .update(chunks)
    .set({
      token: sql`${chunks.token} + 1`,
      leaseOwner: null,
      leaseUntil: null,
      nativeStartedAt: null,
      state: sql`case when ${chunks.state} = 'running' then 'waiting'::chunk_state else ${chunks.state} end`,
    })
    .where(eq(chunks.transcriptionId, id));
  await transaction.execute(sql`
    update attempts set outcome = ${outcome}, finished_at = now(),
      duration_seconds = extract(epoch from now() - started_at)
    where transcription_id = ${id} and outcome = 'running'`);
}
