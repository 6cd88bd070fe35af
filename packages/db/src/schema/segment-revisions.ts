import { doublePrecision, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { segments, type StoredWord } from './segments.js';

/** Everything that an edited segment ever said, the current text included: the history that a person can go back in. None for those never edited. */
export const segmentRevisions = pgTable(
  'segment_revisions',
  {
    segmentId: uuid('segment_id')
      .notNull()
      .references(() => segments.id, { onDelete: 'cascade' }),
    /** 1 is what the engine heard. */
    revision: integer('revision').notNull(),
    text: text('text').notNull(),
    words: jsonb('words').$type<readonly StoredWord[]>().notNull(),
    confidence: doublePrecision('confidence').notNull(),
    /** When and by whose key or session it was written; null for what the engine heard. */
    editedAt: timestamp('edited_at', { withTimezone: true }),
    editedBy: text('edited_by'),
  },
  // Two edits of the same revision cannot both be kept.
  (table) => [primaryKey({ columns: [table.segmentId, table.revision] })],
);
