import { sql } from 'drizzle-orm';
import type { StoredLoadedModel } from '@voice-transcriber/db';
import { queueIsPaused } from '../commands/queue.js';
import { LEASE_SECONDS, type HeldClaim } from './lease.js';

export interface WorkerFacts {
  readonly poolId: string | undefined;
  readonly draining: boolean;
  readonly cpuPercent: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly loadedModels: readonly StoredLoadedModel[];
}

/**
 * One statement: the worker is alive, its claims are prolonged, and what comes back are the claims that still are its own, with what their
 * transcriptions ask for. Being taken for lost is undone: the claims are guarded by their tokens, whatever happened meanwhile.
 */
export function heartbeat(workerId: string, facts: WorkerFacts, leases: readonly HeldClaim[], fencedWrites: number) {
  const claims = JSON.stringify(leases.map(({ kind, id, token }) => ({ kind, id, token })));
  return sql`
    with mine as (
      select * from jsonb_to_recordset(${claims}::jsonb) as claim (kind text, id uuid, token bigint)
    ), alive as (
      update workers set heartbeat_at = now(), stopped_at = null,
        lost_reason = null,
        state = case when ${facts.draining} or command is not null then 'draining' else 'running' end::worker_state, pool_id = ${facts.poolId ?? null},
        slots_busy = ${leases.length}, cpu_percent = ${facts.cpuPercent ?? null}, memory_bytes = ${facts.memoryBytes ?? null},
        loaded_models = ${JSON.stringify(facts.loadedModels)}::jsonb, fenced_writes = fenced_writes + ${fencedWrites}
      where id = ${workerId} returning command
    ), kept_chunks as (
      update chunks set lease_until = now() + make_interval(secs => ${LEASE_SECONDS}) from mine
      where mine.kind = 'chunk' and chunks.id = mine.id and chunks.token = mine.token and chunks.lease_owner = ${workerId}
      returning chunks.id, chunks.transcription_id
    ), kept_steps as (
      update transcriptions set lease_until = now() + make_interval(secs => ${LEASE_SECONDS}) from mine
      where mine.kind = 'step' and transcriptions.id = mine.id and transcriptions.token = mine.token
        and transcriptions.lease_owner = ${workerId}
      returning transcriptions.id, transcriptions.id as transcription_id
    )
    select kept.id, t.state::text as state, ${queueIsPaused} as queue_paused, alive.command
    from alive
    left join (select * from kept_chunks union all select * from kept_steps) kept on true
    left join transcriptions t on t.id = kept.transcription_id`;
}
