import { sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';

export interface StuckWork {
  readonly transcriptionId: string;
  /** What it waits in or for. */
  readonly step: 'preparing' | 'transcribing' | 'finishing';
  /** Since the last sign of progress. */
  readonly quietSeconds: number;
  /** Of the worker that holds it; null: nobody does. */
  readonly host: string | null;
}

/** Transcriptions that are said to be worked on and of which nothing was committed for so long, longest first. Paused ones are not among them. */
export async function listStuckWork(
  db: Queryable,
  { quietSecondsMin, limit }: { readonly quietSecondsMin: number; readonly limit: number },
): Promise<StuckWork[]> {
  const rows = await db.execute<StuckWork & Record<string, unknown>>(sql`
    select t.id as "transcriptionId", t.state as "step", extract(epoch from now() - p.at)::float8 as "quietSeconds", h.host as "host"
    from transcriptions t
    cross join lateral (
      select greatest(t.updated_at, t.started_at, (select max(w.committed_at) from windows w where w.transcription_id = t.id)) as at
    ) p
    left join lateral (
      select k.host from attempts a join workers k on k.id = a.worker_id
      where a.transcription_id = t.id and a.outcome = 'running' limit 1
    ) h on true
    where t.state in ('preparing', 'transcribing', 'finishing') and p.at < now() - make_interval(secs => ${quietSecondsMin})
    order by p.at limit ${limit}`);
  return [...rows];
}
