import { pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';

/** Each scope includes the ones before it. */
export const API_KEY_SCOPES = ['read', 'write', 'admin'] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** A client's key. Only its HMAC-SHA256 is kept; the prefix lets a person tell keys apart. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    name: text('name').notNull(),
    /** First characters of the key: `vt_4f2a9c`. */
    prefix: text('prefix').notNull(),
    hmac: text('hmac').notNull(),
    scope: text('scope').$type<ApiKeyScope>().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    lastUsedAt: timestamp('last_used_at', { withTimezone: true }),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
  },
  // Every request looks its key up by the HMAC.
  (table) => [unique('api_keys_hmac_unique').on(table.hmac)],
);
