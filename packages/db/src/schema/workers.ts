import { bigint, doublePrecision, integer, jsonb, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** `draining` takes no new work; `stopped` said goodbye; `lost` did not. */
export const WORKER_STATES = ['running', 'draining', 'stopped', 'lost'] as const;
export type WorkerState = (typeof WORKER_STATES)[number];
/** What an administrator wants of a worker: `drain` = finish what runs and take nothing new, `stop` = end the process. */
export const WORKER_COMMANDS = ['drain', 'stop'] as const;
export type WorkerCommand = (typeof WORKER_COMMANDS)[number];
export const workerState = pgEnum('worker_state', WORKER_STATES);

/** What a worker found on its machine; the API shows it, it never probes itself. */
export interface StoredBackendReport {
  readonly name: string;
  readonly status: 'available' | 'unavailable';
  readonly version?: string;
  readonly reason?: string;
  readonly fix?: string;
  readonly devices: readonly {
    readonly id: string;
    readonly kind: string;
    readonly name: string;
    readonly memoryBytesTotal: number;
  }[];
  readonly facts: Readonly<Record<string, string>>;
  /** One for each device, as far as they were tested. */
  readonly selfTests?: readonly StoredSelfTest[];
}

/** What a backend made of a clip whose text is known, with the default model. */
export interface StoredSelfTest {
  readonly ok: boolean;
  readonly model: string;
  readonly text: string;
  readonly deviceRequested: string;
  /** The device that the loaded model said it ran on; absent when it never got so far. */
  readonly deviceActual?: string;
  readonly audioSecondsPerSecond?: number;
  /** What the loaded model said it can do; absent when it never got so far. */
  readonly capabilities?: {
    readonly wordTimes: boolean;
    readonly translation: boolean;
    readonly languageDetection: boolean;
    readonly batchSize: number;
    readonly concurrency: number;
    readonly cancellation: 'process' | 'window' | 'immediate';
  };
  /** What is wrong, unless `ok`. */
  readonly problem?: string;
  /** ISO 8601. */
  readonly testedAt: string;
}

/** A model process that is loaded now. */
export interface StoredLoadedModel {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
  readonly pid: number;
  readonly memoryBytes: number;
  readonly busy: number;
}

/** One row per worker process, ever. Alive = heartbeat fresh or session advisory lock held. */
export const workers = pgTable('workers', {
  id: uuid('id').primaryKey(),
  /** graphile-worker's name for the process's pool, to unlock its queue rows after its death. */
  poolId: text('pool_id'),
  /** Key of the session advisory lock that the process holds while it lives. */
  lockKey: bigint('lock_key', { mode: 'number' }).notNull(),
  instanceId: text('instance_id').notNull(),
  host: text('host').notNull(),
  pid: integer('pid').notNull(),
  version: text('version').notNull(),
  state: workerState('state').notNull().default('running'),
  slots: integer('slots').notNull(),
  slotsBusy: integer('slots_busy').notNull().default(0),
  threadsPerInference: integer('threads_per_inference').notNull(),
  cpuPercent: doublePrecision('cpu_percent'),
  memoryBytes: bigint('memory_bytes', { mode: 'number' }),
  backends: jsonb('backends').$type<readonly StoredBackendReport[]>().notNull().default([]),
  loadedModels: jsonb('loaded_models').$type<readonly StoredLoadedModel[]>().notNull().default([]),
  /** Read at every heartbeat; null = work. */
  command: text('command').$type<WorkerCommand>(),
  /** Why it is taken for lost, in words. */
  lostReason: text('lost_reason'),
  fencedWrites: integer('fenced_writes').notNull().default(0),
  startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
  heartbeatAt: timestamp('heartbeat_at', { withTimezone: true }).notNull().defaultNow(),
  stoppedAt: timestamp('stopped_at', { withTimezone: true }),
});
