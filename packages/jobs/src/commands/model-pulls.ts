import { and, eq, inArray, sql } from 'drizzle-orm';
import { modelPulls, type Database, type ModelPullRow, type ModelPullState } from '@voice-transcriber/db';
import { ringPull } from '../tasks.js';

/** A pull of the model, to be done by some worker; the one that waits or runs already, if there is one. */
export async function requestModelPull(
  db: Database,
  { model, bytesTotal }: { readonly model: string; readonly bytesTotal: number },
): Promise<{ readonly pull: ModelPullRow; readonly existing: boolean }> {
  return db.orm.transaction(async (transaction) => {
    const [created] = await transaction
      .insert(modelPulls)
      .values({ model, bytesTotal })
      .onConflictDoNothing({
        target: modelPulls.model,
        where: sql`${modelPulls.state} in ('queued', 'running')`,
      })
      .returning();
    if (created !== undefined) {
      await ringPull(transaction, created.id);
      return { pull: created, existing: false };
    }
    const [active] = await transaction
      .select()
      .from(modelPulls)
      .where(and(eq(modelPulls.model, model), inArray(modelPulls.state, ['queued', 'running'])));
    if (active === undefined) throw new Error(`The pull of ${model} ended while it was being joined. Ask again.`);
    return { pull: active, existing: true };
  });
}

export type CancelModelPullOutcome =
  | { readonly ok: true; readonly pull: ModelPullRow }
  | { readonly ok: false; readonly code: 'not-found' }
  | { readonly ok: false; readonly code: 'invalid-state'; readonly state: ModelPullState };

/** Ends a pull for good. Its worker notices within a second; what was fetched is removed. */
export async function cancelModelPull(db: Database, { id }: { readonly id: string }): Promise<CancelModelPullOutcome> {
  return db.orm.transaction(async (transaction) => {
    const [pull] = await transaction
      .update(modelPulls)
      .set({
        state: 'cancelled',
        token: sql`${modelPulls.token} + 1`,
        leaseUntil: null,
        bytesPerSecond: null,
        updatedAt: sql`now()`,
        finishedAt: sql`now()`,
      })
      .where(and(eq(modelPulls.id, id), inArray(modelPulls.state, ['queued', 'running'])))
      .returning();
    if (pull !== undefined) {
      // A worker takes its part away: this process may have no models directory.
      await ringPull(transaction, id);
      return { ok: true, pull };
    }
    const [other] = await transaction.select().from(modelPulls).where(eq(modelPulls.id, id));
    return other === undefined
      ? { ok: false, code: 'not-found' }
      : { ok: false, code: 'invalid-state', state: other.state };
  });
}
