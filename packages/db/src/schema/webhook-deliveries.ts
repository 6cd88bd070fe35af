import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { webhooks, type WebhookEvent } from './webhooks.js';

/** `pending` until it is `delivered` (answered with 2xx) or `failed` (given up). */
export const WEBHOOK_DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type WebhookDeliveryState = (typeof WEBHOOK_DELIVERY_STATES)[number];
export const webhookDeliveryState = pgEnum('webhook_delivery_state', WEBHOOK_DELIVERY_STATES);

/** The outbox: written in the transaction that ends a transcription, worked off by any worker. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    /** Also the message's `webhook-id`, the same at every attempt: receivers drop what they have seen. */
    id: uuid('id').primaryKey().defaultRandom(),
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    event: text('event').$type<WebhookEvent | 'test'>().notNull(),
    /** The body as it is sent. */
    payload: jsonb('payload').$type<Readonly<Record<string, unknown>>>().notNull(),
    state: webhookDeliveryState('state').notNull().default('pending'),
    /** How often it was tried. */
    attempts: integer('attempts').notNull().default(0),
    /** Of the last attempt; null when no answer came. */
    statusCode: integer('status_code'),
    error: text('error'),
    /** The trace of the transcription that it tells of. */
    traceParent: text('trace_parent'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    attemptedAt: timestamp('attempted_at', { withTimezone: true }),
    /** A claim moves it past the deadline of the attempt: a courier that dies loses nothing. */
    nextAttemptAt: timestamp('next_attempt_at', { withTimezone: true }).defaultNow(),
  },
  (table) => [
    // Couriers ask every second for what is due.
    index('webhook_deliveries_due_index')
      .on(table.nextAttemptAt)
      .where(sql`${table.state} = 'pending'`),
    // A webhook's page lists its deliveries, newest first.
    index('webhook_deliveries_webhook_index').on(table.webhookId, table.createdAt.desc(), table.id.desc()),
  ],
);
