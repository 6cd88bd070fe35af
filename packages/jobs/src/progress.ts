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
  const since = sql`now() - make_interval(secs => ${RATE_SECONDS})`;
  // From when work began: a window's own time is its share of what several took together.
  const rows = await db.execute<{ id: string; rate: number | null }>(sql`
    select t.id, coalesce(recent.rate, speed.rate) as rate
    from transcriptions t
    left join lateral (
      select min(case when a.finished_at is null then coalesce(c.native_started_at, a.started_at) else a.started_at end) as began
      from attempts a join chunks c on c.id = a.chunk_id
      where a.transcription_id = t.id and (a.finished_at is null or a.finished_at > ${since})
    ) work on true
    left join lateral (
      select sum(w.end_seconds - w.start_seconds)
        / extract(epoch from now() - least(greatest(work.began, ${since}), now() - interval '1 second'))::float8 as rate
      from windows w
      where w.transcription_id = t.id and w.committed_at > ${since}
    ) recent on true
    left join lateral (
      select avg(audio_seconds_per_second) as rate from model_speeds m
      where m.model = t.model and m.backend = t.backend and m.device = t.device
    ) speed on true
    where t.id in (${list})`);
  return new Map(rows.flatMap(({ id, rate }) => (rate === null ? [] : [[id, Number(rate)] as const])));
}
