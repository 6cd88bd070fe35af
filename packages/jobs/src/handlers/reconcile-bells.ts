import { sql } from 'drizzle-orm';
import { queueIsPaused } from '../commands/queue.js';
import { tryLockTranscription } from '../commands/outcome.js';
import { ringChunk, ringTranscription } from '../tasks.js';
import type { ReconcilerDependencies } from './reconciler-dependencies.js';
import { settleTranscription } from './settle-transcription.js';

/** A bell that somebody took this recently may still lead to a claim. */
const HEARD_SECONDS = 3;
/** Our own retries wait no longer; a bell further away is the queue's own backoff after an error of ours. */
const DELAY_SECONDS_MAX = 70;

/** SQL condition: somebody will hear, or has just heard, the bell of this key. */
export const bellRings = (key: ReturnType<typeof sql>) => sql`exists (
  select from graphile_worker.jobs j where j.key = ${key} and (
    (j.locked_at is null and j.attempts < j.max_attempts and j.run_at < now() + make_interval(secs => ${DELAY_SECONDS_MAX}))
    or j.locked_at > now() - make_interval(secs => ${HEARD_SECONDS})))`;

/** Rings again where work waits and no bell does: the queue forgets rows when a worker dies, completes twice or runs out of attempts. */
export async function repairBells({ db, logger }: ReconcilerDependencies): Promise<void> {
  const steps = await db.orm.execute<{ id: string; state: string }>(sql`
    select t.id, t.state::text as state from transcriptions t
    where t.state in ('queued', 'preparing', 'finishing') and t.lease_until is null and not ${queueIsPaused}
      and not ${bellRings(sql`case t.state when 'finishing' then 'finish:' else 'prepare:' end || t.id`)}
    limit 100`);
  for (const { id, state } of steps) await ringTranscription(db.orm, id, state);
  const waiting = await db.orm.execute<{ id: string }>(sql`
    select c.id from chunks c join transcriptions t on t.id = c.transcription_id
    where t.state = 'transcribing' and c.state = 'waiting' and not ${queueIsPaused} and not ${bellRings(sql`'chunk:' || c.id`)}
    limit 100`);
  for (const { id } of waiting) await ringChunk(db.orm, id);
  const count = steps.length + waiting.length;
  if (count > 0) logger.info({ count }, 'Bells were missing and ring again.');
}

/** Transcriptions whose last chunk closed without moving them on. */
export async function settleForgotten({ db }: ReconcilerDependencies): Promise<void> {
  const forgotten = await db.orm.execute<{ id: string }>(sql`
    select id from transcriptions t where state = 'transcribing'
      and not exists (select from chunks c where c.transcription_id = t.id and c.state in ('waiting', 'running')) limit 100`);
  for (const { id } of forgotten) {
    await db.orm.transaction(async (transaction) => {
      const transcription = await tryLockTranscription(transaction, id);
      if (transcription?.state === 'transcribing') await settleTranscription(transaction, transcription);
    });
  }
}

/** Rows that were replaced while they ran, or failed for good: the queue keeps them, nobody will ever take them. */
export async function removeDeadBells({ db }: ReconcilerDependencies): Promise<void> {
  await db.orm.execute(sql`
    select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker.jobs
    where locked_at is null and attempts >= max_attempts
    having count(*) > 0`);
}
