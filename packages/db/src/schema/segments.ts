import { getTableColumns, sql } from 'drizzle-orm';
import {
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { transcriptions } from './transcriptions.js';

/** `[text, startSeconds, endSeconds, confidence]`: arrays keep a three-hour transcript's words a third smaller than objects. */
export type StoredWord = readonly [text: string, startSeconds: number, endSeconds: number, confidence: number];

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** A sentence-like piece of text with its times. Written by (windowIndex, index), read by (startSeconds, windowIndex, index). */
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
    /** From 0, where channels are transcribed apart; else null. */
    channel: integer('channel'),
    startSeconds: doublePrecision('start_seconds').notNull(),
    endSeconds: doublePrecision('end_seconds').notNull(),
    text: text('text').notNull(),
    confidence: doublePrecision('confidence').notNull(),
    words: jsonb('words').$type<readonly StoredWord[]>().notNull().default([]),
    /** As it was heard, ISO 639-1; null where the engine did not say. */
    language: text('language'),
    /** Grows with every edit: whoever edits names the one that he saw. */
    revision: integer('revision').notNull().default(1),
    editedAt: timestamp('edited_at', { withTimezone: true }),
    /** Words as they are written, of any language. */
    search: tsvector('search')
      .notNull()
      .generatedAlwaysAs(sql`to_tsvector('simple', text)`),
  },
  (table) => [
    // Makes a second commit of the same window impossible.
    unique('segments_transcription_window_index_unique').on(table.transcriptionId, table.windowIndex, table.index),
    // The reading order: channels that are transcribed apart are read as one conversation.
    index('segments_reading_index').on(table.transcriptionId, table.startSeconds, table.windowIndex, table.index),
    // Full-text search over all transcripts.
    index('segments_search_index').using('gin', table.search),
  ],
);

const { search: _search, ...columns } = getTableColumns(segments);

/** Everything but what only the search reads. */
export const segmentColumns = columns;
