import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { chunks, transcriptions, windows, type Transaction } from '@voice-transcriber/db';
import { changeState } from '../commands/state.js';
import type { Transcription } from '../commands/outcome.js';
import { ringFinish } from '../tasks.js';
import { failTranscription } from './fail-transcription.js';

/**
 * Moves a locked transcription on when none of its chunks is open any more: to its finish, or to its failure when nothing came out of any
 * of them. A paused one keeps its pause and will finish when it is resumed.
 */
export async function settleTranscription(
  transaction: Transaction,
  { id, state }: Pick<Transcription, 'id' | 'state'>,
): Promise<void> {
  const [open] = await transaction
    .select({ id: chunks.id })
    .from(chunks)
    .where(and(eq(chunks.transcriptionId, id), inArray(chunks.state, ['waiting', 'running'])))
    .limit(1);
  if (open) return;
  const [committed] = await transaction
    .select({ id: windows.id })
    .from(windows)
    .where(and(eq(windows.transcriptionId, id), isNotNull(windows.committedAt)))
    .limit(1);
  const [broken] = await transaction
    .select({ error: chunks.error })
    .from(chunks)
    .where(and(eq(chunks.transcriptionId, id), eq(chunks.state, 'quarantined')))
    .limit(1);
  if (!committed && broken?.error) return failTranscription(transaction, { id, state }, broken.error);
  if (state === 'paused') {
    await transaction.update(transcriptions).set({ stateBeforePause: 'finishing' }).where(eq(transcriptions.id, id));
    return;
  }
  await changeState(transaction, { id, from: state, state: 'finishing', changes: { stepFailures: 0 } });
  await ringFinish(transaction, id);
}
