import {
  boolean,
  doublePrecision,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { benchmarkRuns } from './benchmark-runs.js';
import type { StoredError } from './transcriptions.js';

export const BENCHMARK_RESULT_STATES = ['completed', 'failed', 'cancelled'] as const;
export const benchmarkResultState = pgEnum('benchmark_result_state', BENCHMARK_RESULT_STATES);

export interface StoredBenchmarkIteration {
  readonly durationSeconds: number;
  readonly cpuSeconds: number;
  readonly otherCpuSeconds: number;
  readonly memoryBytesPeak: number;
  readonly memoryBytesAverage: number;
  readonly treeMemoryBytesPeak: number;
  readonly firstWindowSeconds: number;
}

interface StoredBenchmarkErrors {
  readonly errors: number;
  readonly length: number;
}

export interface StoredBenchmarkClip {
  readonly name: string;
  readonly text: string;
  readonly language: string | null;
  readonly words: StoredBenchmarkErrors | null;
  readonly characters: StoredBenchmarkErrors | null;
}

export interface StoredProfiledFunction {
  readonly process: 'inference' | 'host';
  readonly name: string;
  readonly place: string;
  readonly selfSeconds: number;
  readonly totalSeconds: number;
}

/** One combination of a run's matrix, with the raw figures of every iteration: averages and rates are worked out when they are read. */
export const benchmarkResults = pgTable(
  'benchmark_results',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    runId: uuid('run_id')
      .notNull()
      .references(() => benchmarkRuns.id, { onDelete: 'cascade' }),
    /** Position in the matrix. */
    index: integer('index').notNull(),
    backend: text('backend').notNull(),
    model: text('model').notNull(),
    device: text('device').notNull(),
    threads: integer('threads').notNull(),
    /** Null: as many windows at once as the backend uses well. */
    batch: integer('batch'),
    state: benchmarkResultState('state').notNull(),
    error: jsonb('error').$type<StoredError>(),
    loadSeconds: doublePrecision('load_seconds'),
    audioSeconds: doublePrecision('audio_seconds').notNull(),
    iterations: jsonb('iterations').$type<readonly StoredBenchmarkIteration[]>().notNull(),
    stable: boolean('stable'),
    clips: jsonb('clips').$type<readonly StoredBenchmarkClip[]>().notNull(),
    unsteadyClips: jsonb('unsteady_clips').$type<readonly string[]>().notNull(),
    skippedClips: jsonb('skipped_clips').$type<readonly string[]>().notNull(),
    profile: jsonb('profile').$type<readonly StoredProfiledFunction[]>(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  // Also finds the results of a run, in order.
  (table) => [unique('benchmark_results_run_index_unique').on(table.runId, table.index)],
);
