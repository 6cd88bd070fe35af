import { sql } from 'drizzle-orm';
import type { Database } from '@voice-transcriber/db';
import { POLL_MILLISECONDS, type FollowDependencies } from './follow-transcription.js';
import type { EventRow } from './payloads.js';
import { WakeUp } from './wake-up.js';

const ROWS_MAX = 500;
/** Rows exist that an older running transaction still holds back: it ends within milliseconds. */
const HELD_BACK_MILLISECONDS = 20;

interface Cursor {
  readonly xid: string;
  readonly id: number;
}

/**
 * Every event of every transcription from now on, in batches of at most 500.
 *
 * Rows are read in the order (transaction id, row id), and only below the oldest transaction that still runs: a transaction that commits
 * late can therefore not slip in behind the cursor. Events that were committed moments before the call may come too. Ends when `signal`
 * aborts.
 */
export async function* followAll(
  { db, bell }: FollowDependencies,
  { signal }: { signal: AbortSignal },
): AsyncGenerator<EventRow[], void, undefined> {
  const wakeUp = new WakeUp();
  const stopListening = bell.onRing(() => wakeUp.ring());
  try {
    let cursor = await readStart(db);
    while (!signal.aborted) {
      const { rows, heldBack } = await readBatch(db, cursor);
      const last = rows.at(-1);
      if (last) {
        cursor = { xid: last.xid, id: last.id };
        yield rows.map(toEventRow);
      }
      if (rows.length < ROWS_MAX) await wakeUp.wait(heldBack ? HELD_BACK_MILLISECONDS : POLL_MILLISECONDS, signal);
    }
  } finally {
    stopListening();
  }
}

interface RawRow extends Record<string, unknown> {
  readonly id: number;
  readonly xid: string;
  readonly transcription_id: string;
  readonly seq: number;
  readonly type: string;
  readonly payload: Record<string, unknown>;
  readonly created_at: string;
  readonly age_seconds: number;
}

/** The oldest transaction that still runs is the first one whose events count as new. */
async function readStart(db: Database): Promise<Cursor> {
  const [row] = await db.orm.execute<{ xid: string }>(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`);
  return { xid: row?.xid ?? '0', id: 0 };
}

async function readBatch(db: Database, cursor: Cursor): Promise<{ rows: RawRow[]; heldBack: boolean }> {
  const rows = await db.orm.execute<RawRow>(sql`
    select id::float8 as id, xid::text as xid, transcription_id, seq, type, payload, created_at,
      extract(epoch from clock_timestamp() - created_at)::float8 as age_seconds
    from events
    where (xid, id) > (${cursor.xid}::xid8, ${cursor.id}) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by xid, id limit ${ROWS_MAX}`);
  const [later] = await db.orm.execute<{ held: boolean }>(sql`
    select exists (select from events where xid >= pg_snapshot_xmin(pg_current_snapshot())) as held`);
  return { rows: [...rows], heldBack: later?.held === true };
}

function toEventRow(row: RawRow): EventRow {
  return {
    id: row.id,
    transcriptionId: row.transcription_id,
    seq: row.seq,
    type: row.type,
    payload: row.payload,
    createdAt: new Date(row.created_at),
    ageSeconds: row.age_seconds,
  } as unknown as EventRow;
}
