import { and, eq, ne, notInArray, sql } from 'drizzle-orm';
import { media, transcriptions, type StoredError, type Transaction } from '@voice-transcriber/db';
import { changeState } from '../commands/state.js';
import type { Transcription } from '../commands/outcome.js';
import { silence } from '../tasks.js';

/** Ends a locked transcription with an error, and takes every bell and claim of it away. */
export async function failTranscription(
  transaction: Transaction,
  { id, state }: Pick<Transcription, 'id' | 'state'>,
  error: StoredError,
): Promise<void> {
  await silence(transaction, id);
  await transaction.execute(sql`
    update chunks set state = 'waiting', lease_owner = null, lease_until = null, native_started_at = null, token = token + 1
    where transcription_id = ${id} and state = 'running'`);
  await changeState(transaction, {
    id,
    from: state,
    state: 'failed',
    error,
    changes: { leaseOwner: null, leaseUntil: null, finishedAt: new Date(), stateBeforePause: null },
  });
}

/**
 * Gives up the blob of a recording that cannot be read, unless another transcription made something of it. Returns its storage key for the
 * caller to delete after the commit; if the caller dies before, clean-up finds a blob whose row says that it is deleted.
 */
export async function discardRecording(
  transaction: Transaction,
  transcription: Transcription,
): Promise<string | undefined> {
  const [recording] = await transaction.select().from(media).where(eq(media.id, transcription.mediaId)).for('update');
  if (!recording || recording.blobDeletedAt) return undefined;
  const [user] = await transaction
    .select({ id: transcriptions.id })
    .from(transcriptions)
    .where(
      and(
        eq(transcriptions.mediaId, recording.id),
        ne(transcriptions.id, transcription.id),
        notInArray(transcriptions.state, ['failed', 'cancelled']),
      ),
    )
    .limit(1);
  if (user) return undefined;
  await transaction
    .update(media)
    .set({ blobDeletedAt: sql`now()` })
    .where(eq(media.id, recording.id));
  return recording.storageKey;
}
