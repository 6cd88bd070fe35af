import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Database } from '@voice-transcriber/db';
import type { Storage } from '@voice-transcriber/storage';
import { waitFor } from '@voice-transcriber/testkit';

/** What must hold once everything that was accepted has ended, whatever was killed on the way. */
export async function expectInvariants({ db, storage }: { db: Database; storage: Storage }): Promise<void> {
  // The last strokes (queue row, work file) come just after the terminal state.
  await waitFor(async () => (await findLeftovers(db, storage)).length === 0, {
    timeoutMilliseconds: 15_000,
    what: 'all leftovers to go',
  }).catch(async () => expect(await findLeftovers(db, storage)).toEqual([]));
  expect(await findContradictions(db)).toEqual([]);
}

const list = async (db: Database, kind: string, query: ReturnType<typeof sql>): Promise<string[]> => {
  const rows = await db.orm.execute<{ subject: string }>(query);
  return [...rows].map(({ subject }) => `${kind}: ${subject}`);
};

async function findLeftovers(db: Database, storage: Storage): Promise<string[]> {
  const [media] = await Promise.all([
    db.orm.execute<{ key: string }>(sql`select storage_key as key from media where blob_deleted_at is null`),
  ]);
  const named = new Set([...media].map(({ key }) => key));
  const files = new Set<string>();
  for await (const { key } of storage.list('')) files.add(key);
  return [
    ...(await list(
      db,
      'not terminal',
      sql`
      select id || ' ' || state as subject from transcriptions where state not in ('completed', 'partial', 'failed', 'cancelled')`,
    )),
    ...(await list(
      db,
      'queue row',
      sql`select task_identifier || ' ' || coalesce(key, '?') as subject from graphile_worker.jobs`,
    )),
    ...(await list(
      db,
      'lease of a chunk',
      sql`select id::text as subject from chunks where lease_owner is not null or state = 'running'`,
    )),
    ...(await list(
      db,
      'lease of a step',
      sql`select id::text as subject from transcriptions where lease_owner is not null`,
    )),
    ...(await list(db, 'running attempt', sql`select id::text as subject from attempts where outcome = 'running'`)),
    ...[...files].filter((key) => !named.has(key)).map((key) => `file without row: ${key}`),
    ...[...named].filter((key) => !files.has(key)).map((key) => `row without file: ${key}`),
  ];
}

async function findContradictions(db: Database): Promise<string[]> {
  return [
    ...(await list(
      db,
      'sequence with a hole',
      sql`
      select t.id || ' ' || t.event_seq || ' numbers, ' || count(e.id) || ' events' as subject
      from transcriptions t left join events e on e.transcription_id = t.id
      group by t.id having count(e.id) <> t.event_seq or max(e.seq) <> t.event_seq`,
    )),
    ...(await list(
      db,
      'terminal event is not the last one',
      sql`
      select t.id::text as subject from transcriptions t
      join events e on e.transcription_id = t.id and e.seq = t.event_seq
      where e.type <> 'state-changed' or e.payload ->> 'state' <> t.state::text`,
    )),
    ...(await list(
      db,
      'completed with open windows',
      sql`
      select w.transcription_id || ' window ' || w.index as subject from windows w
      join transcriptions t on t.id = w.transcription_id where t.state = 'completed' and w.committed_at is null`,
    )),
    ...(await list(
      db,
      'windows overlap',
      sql`
      select transcription_id || ' window ' || index as subject from (
        select *, lag(end_seconds) over (partition by transcription_id order by index) as before from windows) w
      where start_seconds < before - 0.001`,
    )),
    ...(await list(
      db,
      'window announced not once for each time that it was opened',
      sql`
      select w.transcription_id || ' window ' || w.index || ' ' || count(e.id) || ' times' as subject from windows w
      left join events e on e.transcription_id = w.transcription_id and e.type = 'segments-appended'
        and e.payload -> 'windowIndexes' @> to_jsonb(w.index)
      where w.committed_at is not null
      group by w.transcription_id, w.index, w.revision having count(e.id) <> w.revision`,
    )),
    ...(await list(
      db,
      'segments of a window that is not committed',
      sql`
      select s.transcription_id || ' window ' || s.window_index as subject from segments s
      join windows w on w.transcription_id = s.transcription_id and w.index = s.window_index where w.committed_at is null`,
    )),
    ...(await list(
      db,
      'segment twice',
      sql`
      select transcription_id || ' ' || start_seconds as subject from segments
      group by transcription_id, start_seconds, text having count(*) > 1`,
    )),
    ...(await list(
      db,
      'committed seconds do not add up',
      sql`
      select t.id || ' ' || t.committed_seconds as subject from transcriptions t
      left join windows w on w.transcription_id = t.id and w.committed_at is not null
      group by t.id having abs(t.committed_seconds - coalesce(sum(w.end_seconds - w.start_seconds), 0)) > 0.01`,
    )),
    ...(await list(
      db,
      'chunks done do not add up',
      sql`
      select t.id::text as subject from transcriptions t
      where t.chunks_done <> (select count(*) from chunks c where c.transcription_id = t.id and c.state = 'done')`,
    )),
    ...(await list(
      db,
      'completed without text',
      sql`
      select id::text as subject from transcriptions where state in ('completed', 'partial') and text is null`,
    )),
  ];
}
