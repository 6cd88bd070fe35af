import { sql } from 'drizzle-orm';
import {
  boolean,
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

/** Life of a benchmark: `queued` → `running` → one of the others. What was measured before a failure or a cancellation is kept. */
export const BENCHMARK_STATES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;
export type BenchmarkState = (typeof BENCHMARK_STATES)[number];
export const benchmarkState = pgEnum('benchmark_state', BENCHMARK_STATES);

/** What is to be measured: packages/benchmark says what each part means. */
export interface StoredBenchmarkOrder {
  readonly backends: readonly string[];
  readonly models: readonly string[];
  readonly devices: readonly string[];
  readonly threads: readonly number[];
  readonly batches: readonly (number | null)[];
  readonly audioDirectory: string | null;
  readonly language: string | null;
  readonly prompt: string | null;
  readonly iterations: number;
  readonly warmups: number;
  readonly variationMax: number | null;
  readonly iterationsMax: number;
  readonly profile: boolean;
  readonly force: boolean;
}

export interface StoredMachineFacts {
  readonly host: string;
  readonly processor: string;
  readonly cores: number;
  readonly coresMachine: number;
  readonly instructionSets: readonly string[];
  readonly memoryBytesTotal: number;
  readonly graphics: readonly string[];
  readonly system: string;
  readonly node: string;
  readonly product: string;
  readonly backends: readonly {
    readonly name: string;
    readonly version: string | null;
    readonly facts: Readonly<Record<string, string>>;
  }[];
}

export interface StoredBenchmarkAudio {
  readonly clips: readonly {
    readonly name: string;
    readonly audioSeconds: number;
    readonly speechSeconds: number;
    readonly windows: number;
    readonly language: string | null;
    readonly reference: string | null;
  }[];
  readonly audioSeconds: number;
  readonly prepareSeconds: number;
  readonly problems: readonly string[];
}

export interface StoredBenchmarkProgress {
  readonly cellsDone: number;
  readonly cellsTotal: number;
  readonly doing: string;
  readonly fraction: number;
  readonly etaSeconds?: number;
}

/** One measurement of a matrix of backends, models, devices, threads and batch sizes. */
export const benchmarkRuns = pgTable(
  'benchmark_runs',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    state: benchmarkState('state').notNull().default('queued'),
    order: jsonb('order').$type<StoredBenchmarkOrder>().notNull(),
    /** Where it runs; null while it waits. */
    host: text('host'),
    machine: jsonb('machine').$type<StoredMachineFacts>(),
    audio: jsonb('audio').$type<StoredBenchmarkAudio>(),
    progress: jsonb('progress').$type<StoredBenchmarkProgress>(),
    error: jsonb('error').$type<StoredError>(),
    cancelRequested: boolean('cancel_requested').notNull().default(false),
    /** What later runs are compared with unless another is named. */
    isBaseline: boolean('is_baseline').notNull().default(false),
    /** Grows with every change, so that a follower sees whether there is something new. */
    revision: integer('revision').notNull().default(0),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    startedAt: timestamp('started_at', { withTimezone: true }),
    /** Written every second while it runs. */
    heartbeatAt: timestamp('heartbeat_at', { withTimezone: true }),
    finishedAt: timestamp('finished_at', { withTimezone: true }),
  },
  (table) => [
    // The list, newest first.
    index('benchmark_runs_created_index').on(table.createdAt, table.id),
    // Whoever looks for runs that nobody works on any more.
    index('benchmark_runs_open_index')
      .on(table.state)
      .where(sql`state in ('queued', 'running')`),
    // One baseline at most.
    uniqueIndex('benchmark_runs_baseline_unique')
      .on(table.isBaseline)
      .where(sql`is_baseline`),
  ],
);
