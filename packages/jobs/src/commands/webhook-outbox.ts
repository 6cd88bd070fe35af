import { eq, sql } from 'drizzle-orm';
import {
  webhookDeliveries,
  WEBHOOK_EVENTS,
  webhooks,
  type Database,
  type Transaction,
  type WebhookDeliveryRow,
} from '@voice-transcriber/db';
import { notifyWorkers } from '../tasks.js';
import { NOT_FOUND, type NotFound } from './outcome.js';

/** Rung on the control channel when there is something to deliver. */
export const WEBHOOK_RING = 'webhooks';

export type DeliveryOutcome = { readonly ok: true; readonly delivery: WebhookDeliveryRow } | NotFound;

/**
 * Puts what happened to a transcription into the outbox of every webhook that wants to hear of it, in the transaction that makes it happen. States that
 * nobody is told of put nothing there.
 */
export async function enqueueDeliveries(transaction: Transaction, id: string, state: string): Promise<void> {
  const event = WEBHOOK_EVENTS.find((known) => known === `transcription.${state}`);
  if (event === undefined) return;
  // As the API has it: clients ask for the transcription by it.
  const globalId = Buffer.from(`Transcription:${id}`).toString('base64url');
  const added = await transaction.execute(sql`
    insert into webhook_deliveries (webhook_id, event, trace_parent, payload)
    select w.id, ${event}, t.trace_parent, jsonb_build_object(
      'type', ${event}::text,
      'timestamp', to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'data', jsonb_build_object(
        'id', ${globalId}::text, 'state', t.state::text, 'filename', m.filename, 'model', t.model, 'language', t.language,
        'audioSeconds', t.audio_seconds, 'wordCount', t.word_count,
        'error', case when t.error is null then null else jsonb_build_object('code', t.error ->> 'code', 'message', t.error ->> 'message') end))
    from webhooks w, transcriptions t join media m on m.id = t.media_id
    where t.id = ${id} and w.active and ${event} = any(w.events)
    returning id`);
  if (added.length > 0) await notifyWorkers(transaction, WEBHOOK_RING);
}

/** A message that says nothing but that it arrived. It waits while its webhook is switched off, as all do. */
export async function sendTestDelivery(
  db: Database,
  { webhookId }: { readonly webhookId: string },
): Promise<DeliveryOutcome> {
  return db.orm.transaction(async (transaction) => {
    const [webhook] = await transaction.select().from(webhooks).where(eq(webhooks.id, webhookId)).for('share');
    if (!webhook) return NOT_FOUND;
    const payload = { type: 'test', timestamp: new Date().toISOString(), data: { message: 'It works.' } };
    const [delivery] = await transaction
      .insert(webhookDeliveries)
      .values({ webhookId, event: 'test', payload })
      .returning();
    await notifyWorkers(transaction, WEBHOOK_RING);
    return delivery === undefined ? NOT_FOUND : { ok: true, delivery };
  });
}

/** Sends a message again, under the id that it had: with all its tries before it, whatever became of them. */
export async function redeliver(db: Database, { id }: { readonly id: string }): Promise<DeliveryOutcome> {
  return db.orm.transaction(async (transaction) => {
    const [delivery] = await transaction
      .update(webhookDeliveries)
      .set({ state: 'pending', attempts: 0, statusCode: null, error: null, nextAttemptAt: sql`now()` })
      .where(eq(webhookDeliveries.id, id))
      .returning();
    if (delivery === undefined) return NOT_FOUND;
    await notifyWorkers(transaction, WEBHOOK_RING);
    return { ok: true, delivery };
  });
}
