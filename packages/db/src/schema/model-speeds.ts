import { doublePrecision, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/** Where a speed was measured last: in the work itself, by the self-test at the start, or by a benchmark. */
export const SPEED_SOURCES = ['jobs', 'self-test', 'benchmark'] as const;
export type SpeedSource = (typeof SPEED_SOURCES)[number];

/** Measured speed of a model on a device of a host: audio seconds per wall second, refined by every finished chunk. ETA and selection read it. */
export const modelSpeeds = pgTable(
  'model_speeds',
  {
    host: text('host').notNull(),
    backend: text('backend').notNull(),
    model: text('model').notNull(),
    device: text('device').notNull(),
    audioSecondsPerSecond: doublePrecision('audio_seconds_per_second').notNull(),
    measurements: integer('measurements').notNull().default(1),
    source: text('source').$type<SpeedSource>().notNull().default('jobs'),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.host, table.backend, table.model, table.device] })],
);
