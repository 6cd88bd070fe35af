import { sql } from 'drizzle-orm';
import type { Queryable } from '@voice-transcriber/db';
import type { ProgressPayload } from '@voice-transcriber/events';

/** The rate is measured over this many last seconds: long enough to be calm, short enough to follow a change. */
const RATE_SECONDS = 60;

export interface ProgressFacts {
  readonly committedSeconds: number;
  readonly plannedSeconds: number;
  readonly chunksDone: number;
  readonly chunksTotal: number;
}

/** Progress with its estimate: open seconds / measured rate. `inFlightSeconds` is what running windows report on top of what is committed. */
export function describeProgress(
  facts: ProgressFacts,
  {
    audioSecondsPerSecond,
    inFlightSeconds = 0,
  }: { audioSecondsPerSecond: number | undefined; inFlightSeconds?: number },
): ProgressPayload {
  const { committedSeconds, plannedSeconds, chunksDone, chunksTotal } = facts;
  const doneSeconds = Math.min(plannedSeconds, committedSeconds + inFlightSeconds);
  return {
    committedSeconds,
    plannedSeconds,
    chunksDone,
    chunksTotal,
    fraction: plannedSeconds > 0 ? doneSeconds / plannedSeconds : 0,
    ...(audioSecondsPerSecond === undefined || audioSecondsPerSecond <= 0
      ? {}
      : { audioSecondsPerSecond, etaSeconds: (plannedSeconds - doneSeconds) / audioSecondsPerSecond }),
  };
}

/**
 * Audio seconds per wall second of each transcription over its last minute of work, all workers together; falls back to the measured speed
 * of its model where nothing is committed yet. Transcriptions without any measurement are missing from the map.
 */
export async function readTranscriptionRates(db: Queryable, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const list = sql.join(
    ids.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const rows = await db.execute<{ id: string; rate: number | null }>(sql`
    select t.id, coalesce(recent.rate, speed.rate) as rate
    from transcriptions t
    left join lateral (
      select sum(w.end_seconds - w.start_seconds)
        / nullif(extract(epoch from now() - least(min(w.committed_at - make_interval(secs => coalesce(w.inference_seconds, 0))), now() - interval '1 second')), 0)::float8 as rate
      from windows w
      where w.transcription_id = t.id and w.committed_at > now() - make_interval(secs => ${RATE_SECONDS})
    ) recent on true
    left join lateral (
      select avg(audio_seconds_per_second) as rate from model_speeds m
      where m.model = t.model and m.backend = t.backend and m.device = t.device
    ) speed on true
    where t.id in (${list})`);
  return new Map(rows.flatMap(({ id, rate }) => (rate === null ? [] : [[id, Number(rate)] as const])));
}
