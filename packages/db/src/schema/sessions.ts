import { pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import { apiKeys, type ApiKeyScope } from './api-keys.js';

/** A console session (cookie) or a one-time sign-in link: `usedAt` set = the link is spent. Only HMACs are kept. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    kind: text('kind').$type<'session' | 'sign-in-link'>().notNull(),
    hmac: text('hmac').notNull(),
    scope: text('scope').$type<ApiKeyScope>().notNull(),
    /** Set when the session was opened with a key, so that revoking the key ends it. */
    apiKeyId: uuid('api_key_id').references(() => apiKeys.id, { onDelete: 'cascade' }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    usedAt: timestamp('used_at', { withTimezone: true }),
  },
  (table) => [unique('sessions_hmac_unique').on(table.hmac)],
);
