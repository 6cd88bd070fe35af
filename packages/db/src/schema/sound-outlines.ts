import { customType, doublePrecision, integer, jsonb, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { transcriptions } from './transcriptions.js';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** What preparing a recording saw of it, one row per channel that is transcribed apart: apart from the transcription, because lists do not need it. */
export const soundOutlines = pgTable(
  'sound_outlines',
  {
    transcriptionId: uuid('transcription_id')
      .notNull()
      .references(() => transcriptions.id, { onDelete: 'cascade' }),
    /** 0 for a mix. */
    channel: integer('channel').notNull(),
    /** Where somebody speaks, without padding: start, end, start, end … in whole milliseconds. Null: it was not looked for. */
    speechMilliseconds: jsonb('speech_milliseconds').$type<readonly number[]>(),
    /** Loudest sample of each step, 0..255: a waveform. At most 128 KiB, however long the recording is. */
    peaks: bytea('peaks').notNull(),
    peakSeconds: doublePrecision('peak_seconds').notNull(),
  },
  (table) => [primaryKey({ columns: [table.transcriptionId, table.channel] })],
);
