import { doublePrecision, integer, pgTable, text, timestamp, unique, uuid, index, bigint } from 'drizzle-orm/pg-core';
import { chunks } from './chunks.js';
import { transcriptions } from './transcriptions.js';

/** A planned stretch of at most 30 s, written before any inference. `committedAt` set = its segments are in. Progress and resume count windows. */
export const windows = pgTable(
  'windows',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    transcriptionId: uuid('transcription_id')
      .notNull()
      .references(() => transcriptions.id, { onDelete: 'cascade' }),
    chunkId: uuid('chunk_id')
      .notNull()
      .references(() => chunks.id, { onDelete: 'cascade' }),
    /** Position in the whole recording. */
    index: integer('index').notNull(),
    /** From 0, where channels are transcribed apart; else null. */
    channel: integer('channel'),
    /** Grows when it is opened again, to be heard once more: what it said before is replaced when it is committed. */
    revision: integer('revision').notNull().default(1),
    startSeconds: doublePrecision('start_seconds').notNull(),
    endSeconds: doublePrecision('end_seconds').notNull(),
    committedAt: timestamp('committed_at', { withTimezone: true }),
    /** Fencing token and worker of the claim that committed it. */
    token: bigint('token', { mode: 'number' }),
    workerId: uuid('worker_id'),
    language: text('language'),
    languageConfidence: doublePrecision('language_confidence'),
    inferenceSeconds: doublePrecision('inference_seconds'),
  },
  (table) => [
    unique('windows_transcription_index_unique').on(table.transcriptionId, table.index),
    // A claim reads the open windows of its chunk.
    index('windows_chunk_index').on(table.chunkId),
  ],
);
