import { eq } from 'drizzle-orm';
import { transcriptions, type Transaction, type TranscriptionState } from '@voice-transcriber/db';

export type Transcription = typeof transcriptions.$inferSelect;

export interface NotFound {
  readonly ok: false;
  readonly code: 'not-found';
}
export interface InvalidState {
  readonly ok: false;
  readonly code: 'invalid-state';
  readonly state: TranscriptionState;
  /** Says why and what would work. */
  readonly message: string;
}
export type CommandFailure = NotFound | InvalidState;
export type TranscriptionOutcome = { readonly ok: true; readonly transcription: Transcription } | CommandFailure;

export const NOT_FOUND: NotFound = { ok: false, code: 'not-found' };

export function invalidState(state: TranscriptionState, message: string): InvalidState {
  return { ok: false, code: 'invalid-state', state, message };
}

/** Locks the row, so that commands and commits on one transcription take turns. */
export async function lockTranscription(transaction: Transaction, id: string): Promise<Transcription | undefined> {
  const [row] = await transaction.select().from(transcriptions).where(eq(transcriptions.id, id)).for('update');
  return row;
}

/** The same for who comes again anyway: undefined also when somebody else holds the row now. */
export async function tryLockTranscription(transaction: Transaction, id: string): Promise<Transcription | undefined> {
  const [row] = await transaction
    .select()
    .from(transcriptions)
    .where(eq(transcriptions.id, id))
    .for('update', { skipLocked: true });
  return row;
}

export async function readTranscription(transaction: Transaction, id: string): Promise<Transcription> {
  const [row] = await transaction.select().from(transcriptions).where(eq(transcriptions.id, id));
  if (!row) throw new Error(`Transcription ${id} vanished inside its own transaction.`);
  return row;
}
