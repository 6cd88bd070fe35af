import { notInArray, sql } from 'drizzle-orm';
import { settings, TERMINAL_STATES, transcriptions, type Database, type Queryable } from '@voice-transcriber/db';
import { notifyWorkers, ringTranscription } from '../tasks.js';

export interface QueueState {
  readonly paused: boolean;
  readonly reason: string | undefined;
}

const QUEUE_KEY = 'queue';

/** SQL condition for statements that must not start work while the queue is paused. */
export const queueIsPaused = sql`exists (select from settings where key = ${QUEUE_KEY} and (value ->> 'paused')::boolean)`;

export async function readQueueState(db: Queryable): Promise<QueueState> {
  const [row] = await db
    .select()
    .from(settings)
    .where(sql`${settings.key} = ${QUEUE_KEY}`);
  const reason = row?.value['reason'];
  return { paused: row?.value['paused'] === true, reason: typeof reason === 'string' ? reason : undefined };
}

/** No chunk starts any more, and running ones stop at the next window border; uploads are still accepted. */
export async function pauseQueue(db: Database, { reason }: { reason?: string | undefined } = {}): Promise<QueueState> {
  return db.orm.transaction(async (transaction) => {
    await writeQueueState(transaction, { paused: true, ...(reason === undefined ? {} : { reason }) });
    await notifyWorkers(transaction, QUEUE_KEY);
    return { paused: true, reason };
  });
}

/** Everything that waits goes on. */
export async function resumeQueue(db: Database): Promise<QueueState> {
  return db.orm.transaction(async (transaction) => {
    await writeQueueState(transaction, { paused: false });
    const open = await transaction
      .select({ id: transcriptions.id, state: transcriptions.state })
      .from(transcriptions)
      .where(notInArray(transcriptions.state, [...TERMINAL_STATES]));
    for (const { id, state } of open) await ringTranscription(transaction, id, state);
    await notifyWorkers(transaction, QUEUE_KEY);
    return { paused: false, reason: undefined };
  });
}

async function writeQueueState(db: Queryable, value: Record<string, unknown>): Promise<void> {
  await db
    .insert(settings)
    .values({ key: QUEUE_KEY, value })
    .onConflictDoUpdate({ target: settings.key, set: { value, updatedAt: sql`now()` } });
}
