import { sql } from 'drizzle-orm';

/** On the database's clock. Heartbeats come every two seconds, so four may be missed. */
export const LEASE_SECONDS = 10;
export const leaseEnd = sql`now() + make_interval(secs => ${LEASE_SECONDS})`;

/**
 * Why work was dropped: `fenced` = the claim belongs to somebody else by now; `cancelled` = the transcription was ended or deleted;
 * `heartbeat-lost` = the database could not be told for so long that the claim may be gone; `draining` = this worker is ending.
 */
export type DropReason = 'fenced' | 'cancelled' | 'heartbeat-lost' | 'draining';

export class WorkDroppedError extends Error {
  override readonly name = 'WorkDroppedError';
  readonly code: DropReason;

  constructor(code: DropReason) {
    super(`The work was dropped: ${code}.`);
    this.code = code;
  }
}

export interface HeldClaim {
  /** A chunk, or the single step (prepare, finish) of a transcription. */
  readonly kind: 'chunk' | 'step';
  readonly id: string;
  readonly transcriptionId: string;
  readonly token: number;
}

/** A claim that heartbeats keep alive. Whoever works under it lets no new window in after `stopSignal` and obeys `signal` at once. */
export interface Lease extends HeldClaim {
  /** Aborted with a WorkDroppedError. */
  readonly signal: AbortSignal;
  /** Paused, or the worker drains: finish the windows that are inside, then let go. */
  readonly stopSignal: AbortSignal;
  /** Ends the heartbeats for it; the row is the caller's to change. Idempotent. */
  forget(): void;
}
