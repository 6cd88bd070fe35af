import { jsonb, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import type { ChannelMode, TranscriptionPriority } from './transcriptions.js';

/** Options that a person gave a name; what is absent is left to the server, as in a request. */
export interface StoredPreset {
  readonly model?: string;
  readonly backend?: string;
  readonly device?: string;
  readonly language?: string;
  readonly task: 'transcribe' | 'translate';
  readonly prompt?: string;
  readonly wordTimes: boolean;
  readonly channelMode: ChannelMode;
  readonly priority: TranscriptionPriority;
}

export const transcriptionPresets = pgTable(
  'transcription_presets',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    name: text('name').notNull(),
    options: jsonb('options').$type<StoredPreset>().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  // People tell presets apart by their names.
  (table) => [unique('transcription_presets_name_unique').on(table.name)],
);
