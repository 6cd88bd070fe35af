import { sql } from 'drizzle-orm';
import {
  bigint,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { StoredError } from './transcriptions.js';

/** `queued` → `running` (leased by one worker) → one of the others; back to `queued` when the worker is lost or drains. */
export const MODEL_PULL_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type ModelPullState = (typeof MODEL_PULL_STATES)[number];
export const modelPullState = pgEnum('model_pull_state', MODEL_PULL_STATES);

/** One wish to have an official model, until it lies in the models directory or somebody has to look. */
export const modelPulls = pgTable(
  'model_pulls',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    model: text('model').notNull(),
    state: modelPullState('state').notNull().default('queued'),
    /** Of the file; those of an earlier pull that it goes on from count. */
    bytesDone: bigint('bytes_done', { mode: 'number' }).notNull().default(0),
    bytesTotal: bigint('bytes_total', { mode: 'number' }).notNull(),
    /** Over the last seconds; null before any came, and while the checksum is worked out. */
    bytesPerSecond: doublePrecision('bytes_per_second'),
    error: jsonb('error').$type<StoredError>(),
    /** How often a worker took it. */
    attempts: integer('attempts').notNull().default(0),
    /** workers.id of the one that has it, or had it last. */
    workerId: uuid('worker_id'),
    /** On the database's clock. */
    leaseUntil: timestamp('lease_until', { withTimezone: true }),
    /** Fencing token: grows whenever the pull is given or taken. It is part of the name of the file that is written. */
    token: integer('token').notNull().default(0),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    startedAt: timestamp('started_at', { withTimezone: true }),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
    finishedAt: timestamp('finished_at', { withTimezone: true }),
  },
  (table) => [
    // Whoever wants a model that is being pulled joins: there is one pull of a model at a time.
    uniqueIndex('model_pulls_active_unique')
      .on(table.model)
      .where(sql`${table.state} in ('queued', 'running')`),
    // The catalogue shows the latest pull of each model.
    index('model_pulls_model_index').on(table.model, table.createdAt),
  ],
);
