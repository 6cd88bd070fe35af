import { doublePrecision, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { transcriptions } from './transcriptions.js';

/** `[text, startSeconds, endSeconds, confidence]`: arrays keep a three-hour transcript's words a third smaller than objects. */
export type StoredWord = readonly [text: string, startSeconds: number, endSeconds: number, confidence: number];

/** A sentence-like piece of text with its times. Ordered by (windowIndex, index). */
export const segments = pgTable(
  'segments',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    transcriptionId: uuid('transcription_id')
      .notNull()
      .references(() => transcriptions.id, { onDelete: 'cascade' }),
    windowIndex: integer('window_index').notNull(),
    /** Position inside the window. */
    index: integer('index').notNull(),
    startSeconds: doublePrecision('start_seconds').notNull(),
    endSeconds: doublePrecision('end_seconds').notNull(),
    text: text('text').notNull(),
    confidence: doublePrecision('confidence').notNull(),
    words: jsonb('words').$type<readonly StoredWord[]>().notNull().default([]),
  },
  (table) => [
    // Makes a second commit of the same window impossible, and is the reading order.
    unique('segments_transcription_window_index_unique').on(table.transcriptionId, table.windowIndex, table.index),
  ],
);
