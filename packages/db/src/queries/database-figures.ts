import { sql } from 'drizzle-orm';
import type { Database, Queryable, Transaction } from '../client.js';
import { TRANSCRIPTION_STATES, type TranscriptionState } from '../schema/index.js';

/** What only the database knows of the whole installation, for metrics. */
export interface DatabaseFigures {
  readonly transcriptions: Readonly<Record<TranscriptionState, number>>;
  /** Ended in the last 15 minutes. */
  readonly endedLately: Readonly<Record<'completed' | 'partial' | 'failed' | 'cancelled', number>>;
  readonly queueOldestSeconds: number;
  readonly queuePaused: boolean;
  readonly chunksWaiting: number;
  readonly chunksRunning: number;
  /** `lost`: without a heartbeat and not declared so yet, or declared lost in the last 15 minutes. */
  readonly workers: Readonly<Record<'running' | 'draining' | 'lost', number>>;
  readonly deliveriesPending: number;
  readonly deliveriesOldestSeconds: number;
  readonly databaseBytes: number;
}

export interface AgedFigures {
  readonly figures: DatabaseFigures;
  readonly ageSeconds: number;
}

/** Any constant: whoever computes holds it, so that the others do not compute too. */
const FIGURES_LOCK_KEY = 7_205_406_131;
const SETTINGS_KEY = 'database-figures';
/** A count of millions of rows may take this long, and no longer. */
const STATEMENT_MILLISECONDS_MAX = 2_000;
/** Four missed heartbeats, as in the lease. */
const SILENT_SECONDS = 10;
const LATELY_MINUTES = 15;

/**
 * Figures at most `maxAgeSeconds` old, shared by all processes through the settings table: however many ask, they are computed once in that time. While
 * another process computes, or when the computation takes too long, older ones are returned; undefined when there never were any.
 */
export async function readDatabaseFigures(
  db: Database,
  { maxAgeSeconds }: { readonly maxAgeSeconds: number },
): Promise<AgedFigures | undefined> {
  const stored = await readStored(db.orm);
  if (stored !== undefined && stored.ageSeconds < maxAgeSeconds) return stored;
  try {
    return (await db.orm.transaction((transaction) => computeOnce(transaction, { maxAgeSeconds }))) ?? stored;
  } catch (error) {
    if (isStatementTimeout(error)) return stored;
    throw error;
  }
}

async function readStored(db: Queryable): Promise<AgedFigures | undefined> {
  const [row] = await db.execute<{ value: DatabaseFigures; age: number }>(sql`
    select value, extract(epoch from clock_timestamp() - updated_at)::float8 as age from settings where key = ${SETTINGS_KEY}`);
  return row && { figures: row.value, ageSeconds: row.age };
}

/** Undefined when another process is at it. */
async function computeOnce(
  transaction: Transaction,
  { maxAgeSeconds }: { readonly maxAgeSeconds: number },
): Promise<AgedFigures | undefined> {
  await transaction.execute(sql.raw(`set local statement_timeout = ${STATEMENT_MILLISECONDS_MAX}`));
  const [lock] = await transaction.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(${FIGURES_LOCK_KEY}) as taken`,
  );
  if (lock?.taken !== true) return undefined;
  // Somebody may have been done between the first look and the lock.
  const stored = await readStored(transaction);
  if (stored !== undefined && stored.ageSeconds < maxAgeSeconds) return stored;
  const figures = await compute(transaction);
  await transaction.execute(sql`
    insert into settings (key, value, updated_at) values (${SETTINGS_KEY}, ${JSON.stringify(figures)}::jsonb, clock_timestamp())
    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at`);
  return { figures, ageSeconds: 0 };
}

async function compute(db: Queryable): Promise<DatabaseFigures> {
  const states = await db.execute<{ state: TranscriptionState; count: number }>(
    sql`select state::text as state, count(*)::int as count from transcriptions group by state`,
  );
  const ended = await db.execute<{ state: string; count: number }>(sql`
    select state::text as state, count(*)::int as count from transcriptions
    where finished_at > now() - make_interval(mins => ${LATELY_MINUTES}) group by state`);
  const [rest] = await db.execute<Omit<DatabaseFigures, 'transcriptions' | 'endedLately' | 'workers'> & Counts>(sql`
    select
      coalesce((select extract(epoch from now() - min(created_at)) from transcriptions where state = 'queued'), 0)::float8 as "queueOldestSeconds",
      coalesce((select (value ->> 'paused')::boolean from settings where key = 'queue'), false) as "queuePaused",
      (select count(*) from chunks c join transcriptions t on t.id = c.transcription_id
        where t.state = 'transcribing' and c.state = 'waiting')::int as "chunksWaiting",
      (select count(*) from chunks where state = 'running')::int as "chunksRunning",
      (select count(*) from workers where state = 'running' and ${isHeard})::int as "running",
      (select count(*) from workers where state = 'draining' and ${isHeard})::int as "draining",
      (select count(*) from workers where (state in ('running', 'draining') and not ${isHeard})
        or (state = 'lost' and stopped_at > now() - make_interval(mins => ${LATELY_MINUTES})))::int as "lost",
      (select count(*) from webhook_deliveries where state = 'pending')::int as "deliveriesPending",
      coalesce((select extract(epoch from now() - min(created_at)) from webhook_deliveries where state = 'pending'), 0)::float8 as "deliveriesOldestSeconds",
      pg_database_size(current_database())::float8 as "databaseBytes"`);
  if (rest === undefined) throw new Error('An aggregate came back without a row.');
  const { running, draining, lost, ...others } = rest;
  const countOf = (rows: Iterable<{ state: string; count: number }>, state: string): number =>
    [...rows].find((row) => row.state === state)?.count ?? 0;
  return {
    ...others,
    transcriptions: Object.fromEntries(
      TRANSCRIPTION_STATES.map((state) => [state, countOf(states, state)]),
    ) as DatabaseFigures['transcriptions'],
    endedLately: {
      completed: countOf(ended, 'completed'),
      partial: countOf(ended, 'partial'),
      failed: countOf(ended, 'failed'),
      cancelled: countOf(ended, 'cancelled'),
    },
    workers: { running, draining, lost },
  };
}

type Counts = Record<'running' | 'draining' | 'lost', number> & Record<string, unknown>;

const isHeard = sql`heartbeat_at > now() - make_interval(secs => ${SILENT_SECONDS})`;

function isStatementTimeout(error: unknown): boolean {
  for (let link = error; link instanceof Error; link = link.cause) {
    if ((link as { code?: unknown }).code === '57014') return true;
  }
  return false;
}
