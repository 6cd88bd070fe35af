import { sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import type { TranscriptionState } from '../schema/index.js';

/** What a transcription cost so far: its attempts together. */
export interface TranscriptionPerformance {
  readonly transcriptionId: string;
  readonly state: TranscriptionState;
  /** Tries of all its steps. */
  readonly attempts: number;
  /** From the acceptance to the first attempt; null while it waits. */
  readonly waitSeconds: number | null;
  /** From the acceptance to its end; null before. */
  readonly totalSeconds: number | null;
  /** Sum over its attempts: parts that ran side by side count each. */
  readonly computeSeconds: number | null;
  readonly audioSeconds: number | null;
  /** Inside models. */
  readonly inferenceSeconds: number;
  /** Resident bytes that the working processes hold more after the attempts than before them, together. */
  readonly memoryBytesChange: number | null;
  readonly memoryBytesPeak: number | null;
  /** Percent of one core, over the attempts that were measured, weighted by their length. */
  readonly cpuPercentMean: number | null;
}

/** One statement for all of them; those that are gone are left out. */
export async function readPerformance(
  db: Queryable,
  { transcriptionIds }: { readonly transcriptionIds: readonly string[] },
): Promise<TranscriptionPerformance[]> {
  if (transcriptionIds.length === 0) return [];
  const ids = sql`array[${sql.join(
    transcriptionIds.map((id) => sql`${id}::uuid`),
    sql`, `,
  )}]`;
  const rows = await db.execute<TranscriptionPerformance & Record<string, unknown>>(sql`
    select t.id as "transcriptionId", t.state::text as "state", a.attempts as "attempts",
      extract(epoch from t.started_at - t.created_at)::float8 as "waitSeconds",
      extract(epoch from t.finished_at - t.created_at)::float8 as "totalSeconds",
      a.compute_seconds as "computeSeconds", t.audio_seconds as "audioSeconds", t.inference_seconds as "inferenceSeconds",
      a.memory_change as "memoryBytesChange", a.memory_peak as "memoryBytesPeak", a.cpu_percent as "cpuPercentMean"
    from transcriptions t cross join lateral (
      select count(*)::int as attempts, sum(duration_seconds)::float8 as compute_seconds,
        sum(memory_bytes_change)::float8 as memory_change, max(memory_bytes_peak)::float8 as memory_peak,
        (sum(cpu_percent_mean * duration_seconds)
          / nullif(sum(duration_seconds) filter (where cpu_percent_mean is not null), 0))::float8 as cpu_percent
      from attempts where transcription_id = t.id
    ) a
    where t.id = any(${ids})`);
  return [...rows];
}
