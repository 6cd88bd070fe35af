import { and, inArray, isNotNull } from 'drizzle-orm';
import { TERMINAL_STATES, transcriptions } from '@voice-transcriber/db';
import type { ReconcilerDependencies } from './reconciler-dependencies.js';
import { deleteWorkFile } from './work-file.js';

/** Cancelled, failed, and finished where the finisher died before the last stroke. */
export async function deleteLeftoverWorkFiles({ db, storage }: ReconcilerDependencies): Promise<void> {
  const leftovers = await db.orm
    .select({ id: transcriptions.id, audioKey: transcriptions.audioKey })
    .from(transcriptions)
    .where(and(inArray(transcriptions.state, [...TERMINAL_STATES]), isNotNull(transcriptions.audioKey)))
    .limit(100);
  for (const { id, audioKey } of leftovers) {
    if (audioKey !== null) await deleteWorkFile({ db, storage }, { id, audioKey });
  }
}
