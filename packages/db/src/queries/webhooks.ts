import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { webhookDeliveries, webhooks, type WebhookEvent } from '../schema/index.js';

export type WebhookRow = typeof webhooks.$inferSelect;
export type WebhookDeliveryRow = typeof webhookDeliveries.$inferSelect;

/** Newest first. */
export async function listWebhooks(db: Queryable): Promise<WebhookRow[]> {
  return db.select().from(webhooks).orderBy(desc(webhooks.createdAt));
}

export async function findWebhooks(db: Queryable, args: { readonly ids: readonly string[] }): Promise<WebhookRow[]> {
  return db
    .select()
    .from(webhooks)
    .where(inArray(webhooks.id, [...args.ids]));
}

export async function insertWebhook(
  db: Queryable,
  { url, events, secret }: { readonly url: string; readonly events: readonly WebhookEvent[]; readonly secret: string },
): Promise<WebhookRow> {
  const [row] = await db
    .insert(webhooks)
    .values({ url, events: [...events], secret })
    .returning();
  if (row === undefined) throw new Error('The inserted webhook did not come back.');
  return row;
}

/** What is left out stays as it is. Undefined when there is no such webhook. */
export async function updateWebhook(
  db: Queryable,
  {
    id,
    ...changes
  }: { readonly id: string; readonly url?: string; readonly events?: WebhookEvent[]; readonly active?: boolean },
): Promise<WebhookRow | undefined> {
  const [row] = await db
    .update(webhooks)
    // Postgres wants something to set.
    .set({ id, ...changes })
    .where(eq(webhooks.id, id))
    .returning();
  return row;
}

/** With its deliveries. */
export async function deleteWebhook(db: Queryable, args: { readonly id: string }): Promise<WebhookRow | undefined> {
  const [row] = await db.delete(webhooks).where(eq(webhooks.id, args.id)).returning();
  return row;
}

export interface DeliveryCursor {
  /** Microseconds as text: a JavaScript date would lose them. */
  readonly createdAt: string;
  readonly id: string;
}

/** Of one webhook, newest first. */
export async function listWebhookDeliveries(
  db: Queryable,
  {
    webhookId,
    after,
    limit,
  }: { readonly webhookId: string; readonly after?: DeliveryCursor | undefined; readonly limit: number },
): Promise<{ readonly delivery: WebhookDeliveryRow; readonly cursor: DeliveryCursor }[]> {
  const rows = await db
    .select({
      delivery: webhookDeliveries,
      createdAt: sql<string>`to_char(${webhookDeliveries.createdAt} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    })
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.webhookId, webhookId),
        after &&
          sql`(${webhookDeliveries.createdAt}, ${webhookDeliveries.id}) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`,
      ),
    )
    .orderBy(sql`${webhookDeliveries.createdAt} desc nulls last, ${webhookDeliveries.id} desc nulls last`)
    .limit(limit);
  return rows.map(({ delivery, createdAt }) => ({ delivery, cursor: { createdAt, id: delivery.id } }));
}

export async function findWebhookDeliveries(
  db: Queryable,
  args: { readonly ids: readonly string[] },
): Promise<WebhookDeliveryRow[]> {
  return db
    .select()
    .from(webhookDeliveries)
    .where(inArray(webhookDeliveries.id, [...args.ids]));
}

/** The newest of each webhook that has any. */
export async function findLastWebhookDeliveries(
  db: Queryable,
  args: { readonly webhookIds: readonly string[] },
): Promise<WebhookDeliveryRow[]> {
  return db
    .selectDistinctOn([webhookDeliveries.webhookId])
    .from(webhookDeliveries)
    .where(inArray(webhookDeliveries.webhookId, [...args.webhookIds]))
    .orderBy(webhookDeliveries.webhookId, desc(webhookDeliveries.createdAt));
}
