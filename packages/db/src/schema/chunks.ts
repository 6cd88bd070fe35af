import { sql } from 'drizzle-orm';
import {
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  timestamp,
  unique,
  uuid,
  bigint,
} from 'drizzle-orm/pg-core';
import { transcriptions, type StoredError } from './transcriptions.js';

/** `waiting` → `running` (leased) → `done`; `quarantined` after too many crashes; back to `waiting` when a lease is lost. */
export const CHUNK_STATES = ['waiting', 'running', 'done', 'quarantined'] as const;
export type ChunkState = (typeof CHUNK_STATES)[number];
export const chunkState = pgEnum('chunk_state', CHUNK_STATES);

/** A (model, backend, device) that could not do a chunk. */
export interface AvoidedCandidate {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
  /** What it said. */
  readonly reason?: string;
}

/** A stretch of at most AUDIO_CHUNK_SIZE seconds: the unit of work that a worker leases. */
export const chunks = pgTable(
  'chunks',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    transcriptionId: uuid('transcription_id')
      .notNull()
      .references(() => transcriptions.id, { onDelete: 'cascade' }),
    index: integer('index').notNull(),
    startSeconds: doublePrecision('start_seconds').notNull(),
    endSeconds: doublePrecision('end_seconds').notNull(),
    state: chunkState('state').notNull().default('waiting'),
    /** workers.id of the holder. */
    leaseOwner: uuid('lease_owner'),
    /** On the database's clock. */
    leaseUntil: timestamp('lease_until', { withTimezone: true }),
    /** Fencing token: grows with every claim; every write of a result names it. */
    token: bigint('token', { mode: 'number' }).notNull().default(0),
    /** Claims that ended with a dead inference process or a dead worker while native code ran. */
    crashes: integer('crashes').notNull().default(0),
    /** Set before native code runs, cleared after each committed batch: a claim that finds it set has seen a crash. */
    nativeStartedAt: timestamp('native_started_at', { withTimezone: true }),
    /** Workers that died while they held the chunk since its last committed batch: a kill from outside must not poison a chunk early. */
    workerLosses: integer('worker_losses').notNull().default(0),
    /** Failures that were no crash, since the last committed batch. */
    failures: integer('failures').notNull().default(0),
    /** Candidates that failed with retry 'elsewhere': the next claim chooses another one. */
    avoided: jsonb('avoided').$type<readonly AvoidedCandidate[]>().notNull().default([]),
    error: jsonb('error').$type<StoredError>(),
  },
  (table) => [
    unique('chunks_transcription_index_unique').on(table.transcriptionId, table.index),
    // The reconciler asks for expired leases every two seconds.
    index('chunks_lease_index')
      .on(table.leaseUntil)
      .where(sql`${table.state} = 'running'`),
  ],
);
