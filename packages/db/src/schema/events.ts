import { sql } from 'drizzle-orm';
import {
  bigserial,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';

/** Transaction id without wrap-around. */
const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });

/** Noun-verb. The payload of each is described in packages/events. */
export const EVENT_TYPES = [
  'transcription-created',
  'state-changed',
  'plan-made',
  'progress-made',
  'segments-appended',
  'segment-edited',
  'attempt-failed',
  'warning-raised',
  'transcription-deleted',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Append-only. `seq` is dense per transcription; (`xid`, `id`) orders the whole table for readers that follow everything. */
export const events = pgTable(
  'events',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** No foreign key: `transcription-deleted` outlives its transcription, so that every follower hears of it. */
    transcriptionId: uuid('transcription_id').notNull(),
    seq: integer('seq').notNull(),
    /** A reader of the whole table reads only below the oldest running transaction, so a late commit is never skipped. */
    xid: xid8('xid')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    type: text('type').$type<EventType>().notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique('events_transcription_seq_unique').on(table.transcriptionId, table.seq),
    // Readers of the whole table go on from their cursor.
    index('events_xid_index').on(table.xid, table.id),
    // Clean-up removes old events.
    index('events_created_index').on(table.createdAt),
  ],
);
