import { jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** Facts that every process shares: `queue` ({ paused, reason }), `hmac-secret`, `demo` (sample already shown). */
export const settings = pgTable('settings', {
  key: text('key').primaryKey(),
  value: jsonb('value').$type<Record<string, unknown>>().notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});
