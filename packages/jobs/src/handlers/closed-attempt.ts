import { sql, type SQL } from 'drizzle-orm';
import { endLostAttemptSpan } from './attempt-span.js';

/** An attempt that the reconciler closed for a worker that is gone. */
export interface ClosedAttempt extends Record<string, unknown> {
  readonly id: string;
  readonly kind: 'prepare' | 'chunk' | 'finish';
  readonly outcome: 'lost' | 'succeeded';
  readonly transcription_id: string;
  readonly worker_id: string | null;
  readonly token: string | null;
  readonly started_milliseconds: number;
  readonly trace_parent: string | null;
}

/** What an update of `attempts` returns for it. */
export const closedAttempt = (attempts: SQL): SQL => sql`
  ${attempts}.id, ${attempts}.kind::text as kind, ${attempts}.outcome::text as outcome, ${attempts}.transcription_id, ${attempts}.worker_id, ${attempts}.token,
  extract(epoch from ${attempts}.started_at)::float8 * 1000 as started_milliseconds,
  (select t.trace_parent from transcriptions t where t.id = ${attempts}.transcription_id) as trace_parent`;

/** Ends their spans. Call it after the commit. */
export function endClosedAttempts(attempts: Iterable<ClosedAttempt>): void {
  for (const attempt of attempts) {
    const { id, kind, outcome, transcription_id, worker_id, token, started_milliseconds, trace_parent } = attempt;
    endLostAttemptSpan(
      {
        attemptId: id,
        kind,
        transcriptionId: transcription_id,
        workerId: worker_id,
        token: token === null ? null : Number(token),
        traceParent: trace_parent,
        startedAt: new Date(started_milliseconds),
      },
      outcome,
    );
  }
}
