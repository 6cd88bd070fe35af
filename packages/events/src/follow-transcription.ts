import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { events, isTerminalState, transcriptions, type Database } from '@voice-transcriber/db';
import type { EventBell } from './bell.js';
import type { EventRow } from './payloads.js';
import { WakeUp } from './wake-up.js';

/** Rows are read even when no bell rings. */
export const POLL_MILLISECONDS = 2000;
const ROWS_MAX = 200;

export interface FollowDependencies {
  readonly db: Database;
  readonly bell: EventBell;
}

/**
 * The events of one transcription behind `afterSeq`, in order, none twice and none missing; waits for those to come.
 *
 * Ends when the last event has been handed out and the transcription is in a terminal state (or gone), or when `signal` aborts.
 * Memory is bounded: a slow reader makes it read later, never buffer.
 */
export async function* followTranscription(
  { db, bell }: FollowDependencies,
  { transcriptionId, afterSeq, signal }: { transcriptionId: string; afterSeq: number; signal: AbortSignal },
): AsyncGenerator<EventRow, void, undefined> {
  const wakeUp = new WakeUp();
  const stopListening = bell.onRing((id) => {
    if (id === undefined || id === transcriptionId) wakeUp.ring();
  });
  let seq = afterSeq;
  try {
    while (!signal.aborted) {
      const rows = await readEvents(db, transcriptionId, seq);
      for (const row of rows) {
        if (signal.aborted) return;
        seq = row.seq;
        yield row;
      }
      if (rows.length === ROWS_MAX) continue;
      const end = await findEnd(db, transcriptionId, seq);
      if (end === 'gone') return yield* await readEvents(db, transcriptionId, seq);
      if (end === 'terminal') return;
      await wakeUp.wait(POLL_MILLISECONDS, signal);
    }
  } finally {
    stopListening();
  }
}

async function readEvents(db: Database, transcriptionId: string, afterSeq: number): Promise<EventRow[]> {
  const rows = await db.orm
    .select({
      id: events.id,
      transcriptionId: events.transcriptionId,
      seq: events.seq,
      type: events.type,
      payload: events.payload,
      createdAt: events.createdAt,
      ageSeconds: sql<number>`extract(epoch from clock_timestamp() - ${events.createdAt})::float8`,
    })
    .from(events)
    .where(and(eq(events.transcriptionId, transcriptionId), gt(events.seq, afterSeq)))
    .orderBy(asc(events.seq))
    .limit(ROWS_MAX);
  return rows as unknown as EventRow[];
}

/** `gone`: deleted, and its last event may have been written after the last look. */
async function findEnd(db: Database, transcriptionId: string, seq: number): Promise<'gone' | 'terminal' | undefined> {
  const [row] = await db.orm
    .select({ state: transcriptions.state, eventSeq: transcriptions.eventSeq })
    .from(transcriptions)
    .where(eq(transcriptions.id, transcriptionId));
  if (!row) return 'gone';
  return seq >= row.eventSeq && isTerminalState(row.state) ? 'terminal' : undefined;
}
