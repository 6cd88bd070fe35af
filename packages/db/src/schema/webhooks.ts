import { boolean, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** What can be told. `test` is sent on demand and is not subscribed to. */
export const WEBHOOK_EVENTS = [
  'transcription.completed',
  'transcription.partial',
  'transcription.failed',
  'transcription.cancelled',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** An address that is told when transcriptions end. */
export const webhooks = pgTable('webhooks', {
  id: uuid('id').primaryKey().defaultRandom(),
  url: text('url').notNull(),
  events: text('events').array().$type<WebhookEvent[]>().notNull(),
  /** `whsec_…`, as Standard Webhooks has it. Kept as it is: every delivery is signed with it. */
  secret: text('secret').notNull(),
  active: boolean('active').notNull().default(true),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});
