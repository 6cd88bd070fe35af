import { sql } from 'drizzle-orm';
import {
  bigint,
  doublePrecision,
  index,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uuid,
  integer,
} from 'drizzle-orm/pg-core';
import { chunks } from './chunks.js';
import { transcriptions, type StoredError } from './transcriptions.js';

export const ATTEMPT_KINDS = ['prepare', 'chunk', 'finish'] as const;
export const attemptKind = pgEnum('attempt_kind', ATTEMPT_KINDS);
/** `lost`: its worker died or was fenced off. */
export const ATTEMPT_OUTCOMES = ['running', 'succeeded', 'failed', 'cancelled', 'lost', 'released'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];
export const attemptOutcome = pgEnum('attempt_outcome', ATTEMPT_OUTCOMES);

/** One try at one task: who, when, with what, how it ended, what it cost. */
export const attempts = pgTable(
  'attempts',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    transcriptionId: uuid('transcription_id')
      .notNull()
      .references(() => transcriptions.id, { onDelete: 'cascade' }),
    chunkId: uuid('chunk_id').references(() => chunks.id, { onDelete: 'cascade' }),
    kind: attemptKind('kind').notNull(),
    workerId: uuid('worker_id'),
    token: bigint('token', { mode: 'number' }),
    model: text('model'),
    backend: text('backend'),
    device: text('device'),
    outcome: attemptOutcome('outcome').notNull().default('running'),
    error: jsonb('error').$type<StoredError>(),
    windowsCommitted: integer('windows_committed').notNull().default(0),
    durationSeconds: doublePrecision('duration_seconds'),
    /** Change of the inference process's resident bytes over the attempt, its peak, and its mean CPU in percent of one core. */
    memoryBytesChange: bigint('memory_bytes_change', { mode: 'number' }),
    memoryBytesPeak: bigint('memory_bytes_peak', { mode: 'number' }),
    cpuPercentMean: doublePrecision('cpu_percent_mean'),
    startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
    finishedAt: timestamp('finished_at', { withTimezone: true }),
  },
  (table) => [
    // The job page lists the attempts of one transcription.
    index('attempts_transcription_index').on(table.transcriptionId, table.startedAt),
    // The reconciler closes what dead workers left running.
    index('attempts_running_index')
      .on(table.workerId)
      .where(sql`${table.outcome} = 'running'`),
  ],
);
