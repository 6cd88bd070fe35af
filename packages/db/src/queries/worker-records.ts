import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import {
  metricSamples,
  modelSpeeds,
  workers,
  type StoredBackendReport,
  type StoredResourceSample,
} from '../schema/index.js';

/** Stores a reading unless another worker of the same host just did: one row a second and host, however many workers it has. */
export async function recordResourceSample(
  db: Queryable,
  { host, sample }: { readonly host: string; readonly sample: StoredResourceSample },
): Promise<void> {
  await db.execute(sql`
    insert into ${metricSamples} (host, sample)
    select ${host}, ${JSON.stringify(sample)}::jsonb
    where not exists (
      select from ${metricSamples} where host = ${host} and sampled_at > now() - interval '0.8 seconds'
    )`);
}

/** Measured audio seconds per wall second of everything that ever ran on a host. */
export async function readModelSpeeds(
  db: Queryable,
  { host }: { readonly host: string },
): Promise<(typeof modelSpeeds.$inferSelect)[]> {
  return db.select().from(modelSpeeds).where(eq(modelSpeeds.host, host));
}

/** Replaces what a worker found on its machine. */
export async function storeBackendReports(
  db: Queryable,
  { workerId, backends }: { readonly workerId: string; readonly backends: readonly StoredBackendReport[] },
): Promise<void> {
  await db.update(workers).set({ backends }).where(eq(workers.id, workerId));
}

/** Stores a first speed; one that was measured by real work stays. */
export async function recordFirstSpeed(db: Queryable, speed: typeof modelSpeeds.$inferInsert): Promise<void> {
  await db.insert(modelSpeeds).values(speed).onConflictDoNothing();
}
