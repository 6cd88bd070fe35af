import { sql } from 'drizzle-orm';
import { bigint, doublePrecision, index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** An uploaded recording: one row per stored blob. The blob may serve several transcriptions. */
export const media = pgTable(
  'media',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** Storage key of the original bytes. */
    storageKey: text('storage_key').notNull(),
    /** Lower-case hex of the original bytes. */
    sha256: text('sha256').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    /** As the client named it; for people only, never part of a path. */
    filename: text('filename').notNull(),
    /** Sniffed from the content, never taken from the client: `flac`, `mp3`, `mp4`, `sph` … */
    container: text('container').notNull(),
    codec: text('codec'),
    /** As the container claims it; null where only a full decode can tell. */
    durationSeconds: doublePrecision('duration_seconds'),
    channels: bigint('channels', { mode: 'number' }),
    sampleRateHz: bigint('sample_rate_hz', { mode: 'number' }),
    /** Other facts of the probe, for the job page. */
    probe: jsonb('probe').$type<Record<string, unknown>>().notNull().default({}),
    /** Set when the blob was removed although the row is kept: broken recordings leave nothing on disk. */
    blobDeletedAt: timestamp('blob_deleted_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    // Equal content is found again at upload.
    index('media_sha256_index').on(table.sha256),
    // Lists are searched by any part of a filename. Needs the extension pg_trgm, which migrate() adds.
    index('media_filename_index').using('gin', sql`${table.filename} gin_trgm_ops`),
    // Retention asks for the oldest recordings that are still stored.
    index('media_stored_index')
      .on(table.createdAt)
      .where(sql`${table.blobDeletedAt} is null`),
  ],
);
