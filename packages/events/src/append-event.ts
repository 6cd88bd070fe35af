import { sql } from 'drizzle-orm';
import type { EventType, Queryable } from '@voice-transcriber/db';
import type { EventPayloads } from './payloads.js';

/** Rung at commit with the transcription's id. */
export const EVENTS_CHANNEL = 'transcription_events';

export class TranscriptionMissingError extends Error {
  override readonly name = 'TranscriptionMissingError';
  readonly code = 'transcription-missing';
}

/**
 * Writes one event and rings the bell when the transaction commits.
 *
 * The sequence number comes from the transcription's own row: its lock is held until the commit, so numbers are dense and become visible
 * in order. Call it late in the transaction to keep that lock short. Throws TranscriptionMissingError when the row is gone.
 */
export async function appendEvent<Type extends EventType>(
  transaction: Queryable,
  event: { readonly transcriptionId: string; readonly type: Type; readonly payload: EventPayloads[Type] },
): Promise<number> {
  const [row] = await transaction.execute<{ seq: number }>(sql`
    with numbered as (
      update transcriptions set event_seq = event_seq + 1, updated_at = now()
      where id = ${event.transcriptionId} returning id, event_seq
    )
    insert into events (transcription_id, seq, type, payload, created_at)
    select id, event_seq, ${event.type}, ${JSON.stringify(event.payload)}::jsonb, clock_timestamp() from numbered
    returning seq, pg_notify(${EVENTS_CHANNEL}, transcription_id::text)`);
  if (!row) throw new TranscriptionMissingError(`Transcription ${event.transcriptionId} no longer exists.`);
  return row.seq;
}
