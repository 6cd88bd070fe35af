import { sql, type SQL } from 'drizzle-orm';
import type { Queryable, TranscriptionPriority } from '@voice-transcriber/db';

/** Rung by commands that running workers must hear of at once: the payload is a transcription id, `queue`, or `unload-model:NAME`. */
export const CONTROL_CHANNEL = 'transcription_control';

/**
 * The queue row is only a bell: it names rows, the handler reads what there is to do from them. Every bell may be rung twice, early or late.
 *
 * Lower numbers run first: finish and prepare are short and go before every chunk; chunks go by class, then by their place in the file, so
 * that the first chunk of a new file overtakes the sixth of an older one.
 */
const FINISH_PRIORITY = -30_000;
const PREPARE_PRIORITY = -29_000;
const CLASS_STEP = 10_000;
const CHUNK_INDEX_MAX = CLASS_STEP - 1;
const PRIORITY_CLASS: Readonly<Record<TranscriptionPriority, number>> = { high: -1, normal: 0, low: 1 };

const priorityClass = (priority: SQL): SQL =>
  sql`(case ${priority} when 'high' then ${PRIORITY_CLASS.high}::int when 'low' then ${PRIORITY_CLASS.low}::int else ${PRIORITY_CLASS.normal}::int end)`;

/** What inference serves first among waiting windows: higher first, unlike the queue. */
export function inferencePriority(priority: TranscriptionPriority, chunkIndex: number): number {
  return -(PRIORITY_CLASS[priority] * CLASS_STEP + Math.min(chunkIndex, CHUNK_INDEX_MAX));
}

export interface RingOptions {
  /** The bell rings then, for a retry with backoff. Default now. */
  readonly delaySeconds?: number;
}

const runAt = ({ delaySeconds = 0 }: RingOptions): SQL => sql`now() + make_interval(secs => ${delaySeconds}::float8)`;

export async function ringPrepare(db: Queryable, transcriptionId: string, options: RingOptions = {}): Promise<void> {
  await db.execute(sql`
    select graphile_worker.add_job('prepare-transcription',
      payload => json_build_object('v', 1, 'transcriptionId', id), run_at => ${runAt(options)},
      job_key => 'prepare:' || id, priority => ${PREPARE_PRIORITY}::int + ${priorityClass(sql`priority`)})
    from transcriptions where id = ${transcriptionId}`);
}

export async function ringFinish(db: Queryable, transcriptionId: string, options: RingOptions = {}): Promise<void> {
  await db.execute(sql`
    select graphile_worker.add_job('finish-transcription',
      payload => json_build_object('v', 1, 'transcriptionId', id), run_at => ${runAt(options)},
      job_key => 'finish:' || id, priority => ${FINISH_PRIORITY}::int + ${priorityClass(sql`priority`)})
    from transcriptions where id = ${transcriptionId}`);
}

const ringChunksWhere = (db: Queryable, where: SQL, options: RingOptions): Promise<unknown> =>
  db.execute(sql`
    select graphile_worker.add_job('transcribe-chunk',
      payload => json_build_object('v', 1, 'chunkId', c.id), run_at => ${runAt(options)},
      job_key => 'chunk:' || c.id,
      priority => ${priorityClass(sql`t.priority`)} * ${CLASS_STEP}::int + least(c.index, ${CHUNK_INDEX_MAX}::int))
    from chunks c join transcriptions t on t.id = c.transcription_id
    where c.state = 'waiting' and ${where}
    order by c.index`);

/** Every chunk of a transcription that waits. */
export async function ringChunks(db: Queryable, transcriptionId: string, options: RingOptions = {}): Promise<void> {
  await ringChunksWhere(db, sql`t.id = ${transcriptionId}`, options);
}

export async function ringChunk(db: Queryable, chunkId: string, options: RingOptions = {}): Promise<void> {
  await ringChunksWhere(db, sql`c.id = ${chunkId}`, options);
}

/** The step that a transcription waits for, whatever it is; nothing for paused and finished ones. */
export async function ringTranscription(db: Queryable, transcriptionId: string, state: string): Promise<void> {
  if (state === 'queued' || state === 'preparing') await ringPrepare(db, transcriptionId);
  if (state === 'transcribing') await ringChunks(db, transcriptionId);
  if (state === 'finishing') await ringFinish(db, transcriptionId);
}

/** A pull that waits for a worker, or was cancelled and left something behind. */
export async function ringPull(db: Queryable, pullId: string, options: RingOptions = {}): Promise<void> {
  await db.execute(sql`
    select graphile_worker.add_job('pull-model',
      payload => json_build_object('v', 1, 'pullId', ${pullId}::text), run_at => ${runAt(options)},
      job_key => 'pull:' || ${pullId}::text)`);
}

/** Takes back the bells of a transcription that no worker has heard yet. */
export async function silence(db: Queryable, transcriptionId: string): Promise<void> {
  await db.execute(sql`
    select graphile_worker.remove_job(key) from (
      select 'prepare:' || ${transcriptionId}::text as key
      union all select 'finish:' || ${transcriptionId}::text
      union all select 'chunk:' || id from chunks where transcription_id = ${transcriptionId}
    ) keys`);
}

/** Tells every worker to look at its leases now, when the transaction commits. */
export async function notifyWorkers(db: Queryable, subject: string): Promise<void> {
  await db.execute(sql`select pg_notify(${CONTROL_CHANNEL}, ${subject})`);
}
