import { sql } from 'drizzle-orm';
import type { Database } from '@voice-transcriber/db';
import type { Storage } from '@voice-transcriber/storage';
import type { Logger } from '@voice-transcriber/telemetry';
import { applyRetention } from './apply-retention.js';

/** Any constant: one cleaner at a time. */
const CLEANER_LOCK_KEY = 7_205_406_120;
/** An upload or a preparation that is still on its way has no row yet. */
const YOUNG_SECONDS = 3600;
const ROWS_PER_BATCH = 1000;
const BATCHES_MAX = 50;
const KEYS_PER_QUERY = 500;

export interface CleanerDependencies {
  readonly db: Database;
  readonly storage: Storage;
  readonly logger: Logger;
  readonly intervalSeconds: number;
  readonly eventsKeptDays: number;
}

export interface Cleaner {
  start(): void;
  /** One pass: what was removed, by kind. */
  runOnce(): Promise<Readonly<Record<string, number>>>;
  /** Idempotent; waits for a running pass. */
  dispose(): Promise<void>;
}

/** Removes what nobody needs any more, in bounded batches: parts of dead uploads, blobs without a row, old events, readings, workers and entries of the audit log. */
export function createCleaner(dependencies: CleanerDependencies): Cleaner {
  const { logger, intervalSeconds } = dependencies;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let disposed = false;
  const schedule = (): void => {
    if (disposed) return;
    timer = setTimeout(() => {
      running = cleanUp(dependencies)
        .then((removed) => logger.info({ removed }, 'Cleaned up.'))
        .catch((error: unknown) => logger.warn({ err: error }, 'Clean-up failed; the next one tries again.'))
        .finally(schedule);
    }, intervalSeconds * 1000);
  };
  return {
    start: schedule,
    runOnce: () => cleanUp(dependencies),
    async dispose() {
      disposed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

async function cleanUp(dependencies: CleanerDependencies): Promise<Readonly<Record<string, number>>> {
  const { db, storage, eventsKeptDays } = dependencies;
  if (!(await isMyTurn(db, dependencies.intervalSeconds))) return {};
  return {
    ...(await applyRetention(dependencies)),
    parts: await storage.removeStaleParts(YOUNG_SECONDS),
    recordings: await removeOrphans(
      dependencies,
      'uploads',
      sql`select storage_key as key from media where blob_deleted_at is null`,
    ),
    workFiles: await removeOrphans(
      dependencies,
      'audio',
      sql`select audio_key as key from transcriptions where audio_key is not null`,
    ),
    events: await removeRows(
      db,
      sql`
      delete from events where id in (
        select e.id from events e left join transcriptions t on t.id = e.transcription_id
        where e.created_at < now() - make_interval(days => ${eventsKeptDays})
          and (t.id is null or t.state in ('completed', 'partial', 'failed', 'cancelled')) limit ${ROWS_PER_BATCH})`,
    ),
    samples: await removeRows(
      db,
      sql`
      delete from metric_samples where id in (
        select id from metric_samples where sampled_at < now() - interval '1 day' limit ${ROWS_PER_BATCH})`,
    ),
    queueSamples: await removeRows(
      db,
      sql`
      delete from queue_samples where sampled_at in (
        select sampled_at from queue_samples where sampled_at < now() - interval '1 day' limit ${ROWS_PER_BATCH})`,
    ),
    webhookDeliveries: await removeRows(
      db,
      sql`
      delete from webhook_deliveries where id in (
        select id from webhook_deliveries where state <> 'pending' and created_at < now() - interval '30 days' limit ${ROWS_PER_BATCH})`,
    ),
    auditEntries: await removeRows(
      db,
      sql`
      delete from audit_entries where id in (
        select id from audit_entries where at < now() - interval '1 year' limit ${ROWS_PER_BATCH})`,
    ),
    workers: await removeRows(
      db,
      sql`
      delete from workers where id in (
        select id from workers where state in ('stopped', 'lost') and heartbeat_at < now() - interval '7 days' limit ${ROWS_PER_BATCH})`,
    ),
    sessions: await removeRows(
      db,
      sql`
      delete from sessions where id in (
        select id from sessions where expires_at < now() - interval '1 day' limit ${ROWS_PER_BATCH})`,
    ),
  };
}

/** Several workers, one clean-up per interval: whoever comes first notes the time. */
async function isMyTurn(db: Database, intervalSeconds: number): Promise<boolean> {
  return db.orm.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${CLEANER_LOCK_KEY})`);
    const rows = await transaction.execute(sql`
      insert into settings (key, value) values ('clean-up', '{}'::jsonb)
      on conflict (key) do update set updated_at = now()
      where settings.updated_at < now() - make_interval(secs => ${intervalSeconds * 0.9}::float8)
      returning key`);
    return rows.length > 0;
  });
}

async function removeRows(db: Database, statement: ReturnType<typeof sql>): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const { count } = await db.orm.execute(statement);
    removed += count;
    if (count < ROWS_PER_BATCH) break;
  }
  return removed;
}

/** Blobs that no row names. Young ones are left: their row may be about to be written. */
async function removeOrphans(
  { db, storage, logger }: CleanerDependencies,
  prefix: string,
  named: ReturnType<typeof sql>,
): Promise<number> {
  let removed = 0;
  const oldest = Date.now() - YOUNG_SECONDS * 1000;
  const flush = async (keys: readonly string[]): Promise<void> => {
    if (keys.length === 0) return;
    const orphans = await db.orm.execute<{ key: string }>(sql`
      select value as key from jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb)
      except select key from (${named}) used`);
    for (const { key } of orphans) {
      await storage.delete(key);
      removed += 1;
      logger.info({ key }, 'Removed a blob without a row.');
    }
  };
  let keys: string[] = [];
  for await (const { key, modifiedAt } of storage.list(prefix)) {
    if (modifiedAt.getTime() < oldest) keys.push(key);
    if (keys.length < KEYS_PER_QUERY) continue;
    await flush(keys);
    keys = [];
  }
  await flush(keys);
  return removed;
}
