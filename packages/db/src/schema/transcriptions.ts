import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
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
import { apiKeys } from './api-keys.js';
import { media } from './media.js';

/**
 * Life of a transcription. `queued` → `preparing` → `transcribing` → `finishing` → one of the terminal states.
 * `paused` keeps everything that is done and waits for a person. `partial` is a finished transcript with named gaps (quarantined chunks).
 */
export const TRANSCRIPTION_STATES = [
  'queued',
  'preparing',
  'transcribing',
  'finishing',
  'paused',
  'completed',
  'partial',
  'failed',
  'cancelled',
] as const;
export type TranscriptionState = (typeof TRANSCRIPTION_STATES)[number];
export const TERMINAL_STATES = [
  'completed',
  'partial',
  'failed',
  'cancelled',
] as const satisfies readonly TranscriptionState[];

export function isTerminalState(state: TranscriptionState): boolean {
  return (TERMINAL_STATES as readonly TranscriptionState[]).includes(state);
}

export const transcriptionState = pgEnum('transcription_state', TRANSCRIPTION_STATES);

/** Higher runs first. */
export const TRANSCRIPTION_PRIORITIES = ['low', 'normal', 'high'] as const;
export type TranscriptionPriority = (typeof TRANSCRIPTION_PRIORITIES)[number];
export const transcriptionPriority = pgEnum('transcription_priority', TRANSCRIPTION_PRIORITIES);

/** `mixed`: all channels are heard as one. `separate`: each has a transcript of its own, as in a call with one speaker per channel. */
export const CHANNEL_MODES = ['mixed', 'separate'] as const;
export type ChannelMode = (typeof CHANNEL_MODES)[number];

/** What the client asked for. Stored as it was accepted, so that a retry asks for the same. */
export interface TranscriptionOptions {
  readonly task: 'transcribe' | 'translate';
  /** ISO 639-1; absent = detect. */
  readonly language?: string;
  readonly wordTimes: boolean;
  readonly prompt?: string;
  /** Absent = mixed. */
  readonly channelMode?: ChannelMode;
}

/** The verdict on one (model, backend, device), stored so that the choice can be explained. */
export interface CandidateVerdict {
  readonly backend: string;
  readonly model: string;
  readonly device: string;
  readonly chosen: boolean;
  readonly reason: string;
  /** Why it could not do a part of the recording although it was chosen: the next one took over. */
  readonly failure?: string;
}

export interface StoredError {
  readonly code: string;
  readonly message: string;
  readonly details?: Record<string, unknown>;
}

/** One request to turn a recording into text: the unit that clients see. */
export const transcriptions = pgTable(
  'transcriptions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    mediaId: uuid('media_id')
      .notNull()
      .references(() => media.id),
    apiKeyId: uuid('api_key_id').references(() => apiKeys.id),
    state: transcriptionState('state').notNull().default('queued'),
    /** Where a paused transcription goes on. */
    stateBeforePause: transcriptionState('state_before_pause'),
    priority: transcriptionPriority('priority').notNull().default('normal'),
    options: jsonb('options').$type<TranscriptionOptions>().notNull(),
    /** Model that the client asked for; null = the default one. */
    requestedModel: text('requested_model'),
    /** Backend, and id or kind of device, that the client asked for; null = whatever is best. */
    requestedBackend: text('requested_backend'),
    requestedDevice: text('requested_device'),
    /** What was chosen; null until the first chunk runs. */
    model: text('model'),
    backend: text('backend'),
    device: text('device'),
    /** The device that the loaded model says it really runs on. */
    deviceActual: text('device_actual'),
    candidates: jsonb('candidates').$type<readonly CandidateVerdict[]>().notNull().default([]),
    /** Same key and same client = same transcription. */
    idempotencyKey: text('idempotency_key'),
    /** Storage key of the 16 kHz mono 16-bit little-endian work file; null before prepare and after clean-up. */
    audioKey: text('audio_key'),
    /** Seconds really decoded. */
    audioSeconds: doublePrecision('audio_seconds'),
    speechSeconds: doublePrecision('speech_seconds'),
    /** Audio seconds of the windows in the plan, and of those committed: progress is their ratio. */
    plannedSeconds: doublePrecision('planned_seconds').notNull().default(0),
    committedSeconds: doublePrecision('committed_seconds').notNull().default(0),
    chunksTotal: integer('chunks_total').notNull().default(0),
    chunksDone: integer('chunks_done').notNull().default(0),
    /** Settled by the first windows, then voted over all of them, weighted by seconds; ISO 639-1. */
    language: text('language'),
    /** The whole text, written when finished; full-text search reads it. */
    text: text('text'),
    wordCount: integer('word_count'),
    /** Last time that a person changed the text. */
    editedAt: timestamp('edited_at', { withTimezone: true }),
    warnings: jsonb('warnings').$type<readonly StoredError[]>().notNull().default([]),
    error: jsonb('error').$type<StoredError>(),
    /** Last `seq` given to an event; the row lock makes the sequence dense. */
    eventSeq: integer('event_seq').notNull().default(0),
    /** How often a person asked for a retry. */
    retries: integer('retries').notNull().default(0),
    cancelRequested: boolean('cancel_requested').notNull().default(false),
    /** Lease of the single steps (prepare, finish), as on chunks: holder, end on the database's clock, fencing token. */
    leaseOwner: uuid('lease_owner'),
    leaseUntil: timestamp('lease_until', { withTimezone: true }),
    token: bigint('token', { mode: 'number' }).notNull().default(0),
    /** Failed or lost tries of the current step. */
    stepFailures: integer('step_failures').notNull().default(0),
    /** Wall seconds spent inside models, and bytes of the largest process tree: the performance monitor. */
    inferenceSeconds: doublePrecision('inference_seconds').notNull().default(0),
    memoryBytesPeak: bigint('memory_bytes_peak', { mode: 'number' }),
    /** W3C `traceparent` of the upload: what is done later, anywhere, joins its trace. Null where traces are off. */
    traceParent: text('trace_parent'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    startedAt: timestamp('started_at', { withTimezone: true }),
    finishedAt: timestamp('finished_at', { withTimezone: true }),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    // Lists are read newest first, by keyset.
    index('transcriptions_created_index').on(table.createdAt.desc(), table.id.desc()),
    // State tabs and the reconciler look only at what is not finished.
    index('transcriptions_state_index').on(table.state, table.createdAt.desc(), table.id.desc()),
    // The overview reads what ended in the last minutes; retention what ended long ago.
    index('transcriptions_finished_index').on(table.finishedAt),
    // The overview reads what began in the last minutes, and how long it had waited.
    index('transcriptions_started_index').on(table.startedAt),
    // Every pass of the reconciler asks which ended ones still have a work file: hardly any, among all there are.
    index('transcriptions_work_file_index')
      .on(table.state)
      .where(sql`${table.audioKey} is not null`),
    // Lists are searched by words. The bound keeps the longest texts below what a search vector may hold: about four hours of speech.
    index('transcriptions_text_index')
      .using('gin', sql`to_tsvector('simple', left(${table.text}, 250000))`)
      .where(sql`${table.text} is not null`),
    // Deleting media asks who still uses it.
    index('transcriptions_media_index').on(table.mediaId),
    // One idempotency key per client; `nulls not distinct` would also bind clients without a key, so both columns must be set.
    uniqueIndex('transcriptions_idempotency_index')
      .on(table.apiKeyId, table.idempotencyKey)
      .where(sql`${table.idempotencyKey} is not null`),
  ],
);
