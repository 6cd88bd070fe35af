import { desc, sql, type SQL } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { queueSamples } from '../schema/index.js';

export type QueueSampleRow = typeof queueSamples.$inferSelect;

const notedLately = sql`exists (select from queue_samples where sampled_at > now() - interval '5 seconds')`;

/** Notes how much waits and runs now, unless that was done less than five seconds ago: then nothing is counted either. */
export async function recordQueueSample(db: Queryable): Promise<void> {
  await db.execute(sql`
    insert into queue_samples (waiting, running)
    select count(*) filter (where state = 'queued'), count(*) filter (where state <> 'queued')
    from transcriptions where state in ('queued', 'preparing', 'transcribing', 'finishing') and not ${notedLately}
    having not ${notedLately}
    on conflict do nothing`);
}

/** A chart shows no more. */
const POINTS_MAX = 360;

/** The last minutes, oldest first; of a long time the fullest moment of each step, at most 360. */
export async function listQueueSamples(
  db: Queryable,
  { minutes }: { readonly minutes: number },
): Promise<QueueSampleRow[]> {
  const stepSeconds = Math.max(1, (minutes * 60) / POINTS_MAX);
  return db
    .selectDistinctOn([stepOf(stepSeconds)])
    .from(queueSamples)
    .where(sql`${queueSamples.sampledAt} > now() - make_interval(mins => ${minutes})`)
    .orderBy(stepOf(stepSeconds), desc(queueSamples.waiting));
}

/** Written out: a parameter would be another expression at each place. */
function stepOf(seconds: number): SQL {
  return sql`floor(extract(epoch from ${queueSamples.sampledAt}) / ${sql.raw(String(seconds))})`;
}
