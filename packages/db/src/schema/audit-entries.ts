import { index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Who changed what, and when. Append-only; clean-up removes what is older than a year. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** Name of the key or of the session, as it was then. */
    actor: text('actor').notNull(),
    /** No foreign key: the entry outlives the key. */
    apiKeyId: uuid('api_key_id'),
    /** The mutation's name. */
    action: text('action').notNull(),
    /** What it was done to: a global id, or a name; null where the action says it all. */
    target: text('target'),
    /** What was asked for, without secrets. */
    details: jsonb('details').$type<Readonly<Record<string, unknown>>>().notNull().default({}),
    /** Of the request, by which the log is searched. */
    requestId: text('request_id').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
  },
  // Read newest first, by keyset; clean-up takes the oldest.
  (table) => [index('audit_entries_at_index').on(table.at.desc(), table.id.desc())],
);
