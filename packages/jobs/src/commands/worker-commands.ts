import { eq, sql } from 'drizzle-orm';
import { workers, type Database, type WorkerCommand, type WorkerRow, type WorkerState } from '@voice-transcriber/db';
import { notifyWorkers } from '../tasks.js';
import { NOT_FOUND, type NotFound } from './outcome.js';

export type WorkerOutcome =
  | { readonly ok: true; readonly worker: WorkerRow }
  | NotFound
  | {
      readonly ok: false;
      readonly code: 'invalid-state';
      readonly state: WorkerState;
      /** Says why and what would work. */
      readonly message: string;
    };

/**
 * Tells one worker what to do. The wish stands in its row, where every heartbeat reads it, and a ring makes that now; a worker that does not hear it
 * finds it within two seconds.
 *
 * `running` –drain→ `draining`: finishes the parts that it has, however long they take, and takes no others. `draining` –resume→ `running`, as soon as
 * what still runs has ended. `running` or `draining` –stop→ `stopped`: ends like at a signal, at the next window border, gives the rest back, and exits
 * with code 0. A stop cannot be taken back; `vt up` does not start a worker again that ended so.
 */
export async function commandWorker(
  db: Database,
  { id, command }: { readonly id: string; readonly command: WorkerCommand | 'resume' },
): Promise<WorkerOutcome> {
  return db.orm.transaction(async (transaction) => {
    const [worker] = await transaction.select().from(workers).where(eq(workers.id, id)).for('update');
    if (!worker) return NOT_FOUND;
    const { state } = worker;
    if (state === 'stopped' || state === 'lost') {
      return { ok: false, code: 'invalid-state', state, message: `The worker is ${state}: there is nobody to tell.` };
    }
    if (worker.command === 'stop' && command !== 'stop') {
      const message = 'The worker was told to stop and is about to end. Start another one.';
      return { ok: false, code: 'invalid-state', state, message };
    }
    const [changed] = await transaction
      .update(workers)
      .set({
        command: command === 'resume' ? null : command,
        state: sql`${command === 'resume' ? 'running' : 'draining'}::worker_state`,
      })
      .where(eq(workers.id, id))
      .returning();
    await notifyWorkers(transaction, `worker:${id}`);
    return changed === undefined ? NOT_FOUND : { ok: true, worker: changed };
  });
}
