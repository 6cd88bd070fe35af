import { integer, pgTable, timestamp } from 'drizzle-orm/pg-core';

/** How much waited and ran, noted by the workers every five seconds: the history of the queue's depth. Clean-up keeps a day. */
export const queueSamples = pgTable('queue_samples', {
  // Charts read the latest minutes; clean-up removes the oldest.
  sampledAt: timestamp('sampled_at', { withTimezone: true }).primaryKey().defaultNow(),
  waiting: integer('waiting').notNull(),
  running: integer('running').notNull(),
});
