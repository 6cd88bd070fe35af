import { sql } from 'drizzle-orm';
import type { StoredError } from '@voice-transcriber/db';
import { ringPull } from '../tasks.js';
import { bellRings } from './reconcile-bells.js';
import type { ReconcilerDependencies } from './reconciler-dependencies.js';

/** A pull that takes so many workers with it, or is given back so often, is for a person to look at. */
const ATTEMPTS_MAX = 50;

const GIVEN_UP: StoredError = {
  code: 'worker-lost',
  message: 'The workers that fetched this model died again and again; see their logs, then pull the model again.',
};

/** Pulls whose worker is dead or silent wait again; what it fetched is found by the next one. */
export async function recoverPulls({ db, logger, metrics }: ReconcilerDependencies): Promise<void> {
  const lost = await db.orm.execute<{ id: string; state: string }>(sql`
    update model_pulls set token = token + 1, lease_until = null, bytes_per_second = null, updated_at = now(),
      state = case when attempts < ${ATTEMPTS_MAX} then 'queued' else 'failed' end::model_pull_state,
      error = case when attempts < ${ATTEMPTS_MAX} then null else ${JSON.stringify(GIVEN_UP)}::jsonb end,
      finished_at = case when attempts < ${ATTEMPTS_MAX} then null else now() end
    where state = 'running'
      and (lease_until < now() or worker_id in (select id from workers where state in ('lost', 'stopped')))
    returning id, state::text`);
  metrics.leasesRecovered('pull', lost.length);
  for (const { id, state } of lost) {
    if (state === 'queued') await ringPull(db.orm, id);
    logger.warn({ pullId: id, state }, 'The worker of a model pull is gone.');
  }
}

/** Rings again for pulls that wait without a bell. */
export async function repairPullBells({ db }: ReconcilerDependencies): Promise<void> {
  const silent = await db.orm.execute<{ id: string }>(sql`
    select id from model_pulls p where state = 'queued' and not ${bellRings(sql`'pull:' || p.id`)} limit 100`);
  for (const { id } of silent) await ringPull(db.orm, id);
}
