import { and, eq, inArray, sql } from 'drizzle-orm';
import { modelPulls, type Database, type ModelPullRow, type StoredError } from '@voice-transcriber/db';
import { ringPull } from '../tasks.js';
import { leaseEnd } from './lease.js';

/** One worker's hold on a pull. Every write names the token; one that changes no row has lost the pull. */
export interface PullClaim {
  readonly id: string;
  readonly model: string;
  readonly workerId: string;
  readonly token: number;
  /** As the last holder told it. */
  readonly bytesDone: number;
}

/** Takes a waiting pull. Undefined when somebody else has it, or it has ended. */
export async function claimPull(
  db: Database,
  { id, workerId }: { readonly id: string; readonly workerId: string },
): Promise<PullClaim | undefined> {
  const [row] = await db.orm
    .update(modelPulls)
    .set({
      state: 'running',
      workerId,
      leaseUntil: leaseEnd,
      token: sql`${modelPulls.token} + 1`,
      attempts: sql`${modelPulls.attempts} + 1`,
      error: null,
      startedAt: sql`coalesce(${modelPulls.startedAt}, now())`,
      updatedAt: sql`now()`,
    })
    .where(and(eq(modelPulls.id, id), eq(modelPulls.state, 'queued')))
    .returning();
  return row && { id, model: row.model, workerId, token: row.token, bytesDone: row.bytesDone };
}

export interface PullReading {
  readonly bytesDone: number;
  readonly bytesPerSecond: number | null;
}

/** Prolongs the claim and stores how far it is. False: it is not ours any more. */
export async function keepPull(db: Database, claim: PullClaim, reading: PullReading): Promise<boolean> {
  const rows = await db.orm
    .update(modelPulls)
    .set({ ...reading, leaseUntil: leaseEnd, updatedAt: sql`now()` })
    .where(isHeldBy(claim))
    .returning({ id: modelPulls.id });
  return rows.length > 0;
}

/** The end of a pull under this claim; nothing happens when it is not ours any more. */
export async function endPull(
  db: Database,
  claim: PullClaim,
  end: { readonly state: 'succeeded' } | { readonly state: 'failed'; readonly error: StoredError },
): Promise<void> {
  await db.orm
    .update(modelPulls)
    .set({
      ...end,
      ...(end.state === 'succeeded' && { bytesDone: sql`${modelPulls.bytesTotal}` }),
      bytesPerSecond: null,
      leaseUntil: null,
      updatedAt: sql`now()`,
      finishedAt: sql`now()`,
    })
    .where(isHeldBy(claim));
}

/** Gives a pull back for another worker to go on with. */
export async function releasePull(db: Database, claim: PullClaim): Promise<void> {
  await db.orm.transaction(async (transaction) => {
    const [released] = await transaction
      .update(modelPulls)
      .set({ state: 'queued', leaseUntil: null, bytesPerSecond: null, updatedAt: sql`now()` })
      .where(isHeldBy(claim))
      .returning({ id: modelPulls.id });
    if (released !== undefined) await ringPull(transaction, released.id);
  });
}

export async function readPull(db: Database, id: string): Promise<ModelPullRow | undefined> {
  const [row] = await db.orm.select().from(modelPulls).where(eq(modelPulls.id, id));
  return row;
}

export async function isPullActive(db: Database, model: string): Promise<boolean> {
  const [row] = await db.orm
    .select({ id: modelPulls.id })
    .from(modelPulls)
    .where(and(eq(modelPulls.model, model), inArray(modelPulls.state, ['queued', 'running'])));
  return row !== undefined;
}

function isHeldBy({ id, workerId, token }: PullClaim) {
  return and(
    eq(modelPulls.id, id),
    eq(modelPulls.state, 'running'),
    eq(modelPulls.workerId, workerId),
    eq(modelPulls.token, token),
  );
}
