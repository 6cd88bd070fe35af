import { eq } from 'drizzle-orm';
import { isTerminalState, transcriptions, type StoredError } from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { lockTranscription } from '../commands/outcome.js';
import type { HandlerDependencies } from './ports.js';

/** Adds warnings to a running transcription, each code once, with an event each. */
export async function raiseWarnings(
  { db }: Pick<HandlerDependencies, 'db'>,
  transcriptionId: string,
  warnings: readonly StoredError[],
): Promise<void> {
  if (warnings.length === 0) return;
  await db.orm.transaction(async (transaction) => {
    const transcription = await lockTranscription(transaction, transcriptionId);
    if (!transcription || isTerminalState(transcription.state)) return;
    const known = new Set(transcription.warnings.map(({ code }) => code));
    const fresh = warnings.filter(({ code }) => !known.has(code));
    if (fresh.length === 0) return;
    await transaction
      .update(transcriptions)
      .set({ warnings: [...transcription.warnings, ...fresh] })
      .where(eq(transcriptions.id, transcriptionId));
    for (const warning of fresh)
      await appendEvent(transaction, { transcriptionId, type: 'warning-raised', payload: { warning } });
  });
}
