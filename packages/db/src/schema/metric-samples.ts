import { bigserial, index, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** One reading of a machine: see ResourceSample in packages/telemetry. */
export interface StoredResourceSample {
  readonly cpuPercent: number;
  readonly cpuCores: number;
  readonly memoryBytesTotal: number;
  readonly memoryBytesAvailable: number;
  readonly memoryPercent: number;
  readonly diskBytesTotal: number;
  readonly diskBytesFree: number;
  readonly diskPercent: number;
}

/** System monitor, one row per host and sample; clean-up keeps a day. */
export const metricSamples = pgTable(
  'metric_samples',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    host: text('host').notNull(),
    sample: jsonb('sample').$type<StoredResourceSample>().notNull(),
    sampledAt: timestamp('sampled_at', { withTimezone: true }).notNull().defaultNow(),
  },
  // Charts read the latest minutes; clean-up removes the oldest.
  (table) => [index('metric_samples_sampled_index').on(table.sampledAt)],
);
