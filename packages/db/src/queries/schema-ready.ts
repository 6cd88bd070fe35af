import { sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';

/** Whether migrations have made both our tables and the queue's: a worker that starts before them waits. */
export async function isSchemaReady(db: Queryable): Promise<boolean> {
  const [row] = await db.execute<{ ready: boolean }>(sql`
    select to_regclass('public.transcriptions') is not null
       and to_regprocedure('graphile_worker.force_unlock_workers(text[])') is not null as ready`);
  return row?.ready === true;
}
