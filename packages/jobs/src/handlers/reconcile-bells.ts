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

/** How many of those that wait are looked at in one pass: with more, whose bells are all there, each pass would keep the database busy until the next. */
const LOOKED_AT_MAX = 2000;
/** Of one pass; the next one is half a second away. */
const RUNG_MAX = 100;

/** Rings again where work waits and no bell does: the queue forgets rows when a worker dies, completes twice or runs out of attempts. */
export function createBellRepair({ db, logger }: ReconcilerDependencies): () => Promise<void> {
  let position: Position = START;
  return async () => {
    const steps = await db.orm.execute<{ id: string; state: string }>(sql`
      select t.id, t.state::text as state from transcriptions t
      where t.state in ('preparing', 'finishing') and t.lease_until is null and not ${queueIsPaused}
        and not ${bellRings(sql`case t.state when 'finishing' then 'finish:' else 'prepare:' end || t.id`)}
      limit ${RUNG_MAX}`);
    for (const { id, state } of steps) await ringTranscription(db.orm, id, state);
    const queued = await findSilent(db, position);
    for (const id of queued.ids) await ringTranscription(db.orm, id, 'queued');
    position = queued.next;
    const waiting = await db.orm.execute<{ id: string }>(sql`
      select c.id from chunks c join transcriptions t on t.id = c.transcription_id
      where t.state = 'transcribing' and c.state = 'waiting' and not ${queueIsPaused} and not ${bellRings(sql`'chunk:' || c.id`)}
      limit ${RUNG_MAX}`);
    for (const { id } of waiting) await ringChunk(db.orm, id);
    const count = steps.length + queued.ids.length + waiting.length;
    if (count > 0) logger.info({ count }, 'Bells were missing and ring again.');
  };
}

/** Place in the queue, oldest first. */
interface Position {
  readonly createdAt: string;
  readonly id: string;
}
type QueuedRow = Position & {
  readonly isSilent: boolean;
  readonly isLast: boolean;
  /** Of those that were looked at. */
  readonly count: number;
} & Record<string, unknown>;
const START: Position = { createdAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

/** The next part of the queue: which of it nobody will hear of, and where to go on; from its end back to the start. */
async function findSilent(
  db: ReconcilerDependencies['db'],
  { createdAt, id }: Position,
): Promise<{ readonly ids: readonly string[]; readonly next: Position }> {
  // Ordered as the index of states has it, nulls included: read backwards, it is not sorted.
  const rows = await db.orm.execute<QueuedRow>(sql`
    with looked as materialized (
      select t.id, t.created_at, not ${bellRings(sql`'prepare:' || t.id`)} as silent
      from transcriptions t
      where t.state = 'queued' and t.lease_until is null and not ${queueIsPaused}
        and (t.created_at, t.id) > (${createdAt}::timestamptz, ${id}::uuid)
      order by t.created_at asc nulls first, t.id asc nulls first limit ${LOOKED_AT_MAX}
    ), placed as (
      select *, row_number() over (order by created_at desc, id desc) = 1 as last, count(*) over () as count from looked
    )
    select id, created_at::text as "createdAt", silent as "isSilent", last as "isLast", count::int as count
    from placed where silent or last order by created_at, id`);
  const ids = rows.filter(({ isSilent }) => isSilent).map((row) => row.id);
  if (ids.length > RUNG_MAX) return { ids: ids.slice(0, RUNG_MAX), next: { createdAt, id } };
  const last = rows.find(({ isLast }) => isLast);
  return { ids, next: last === undefined || last.count < LOOKED_AT_MAX ? START : last };
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
