import type { AttemptOutcome } from '@voice-transcriber/db';
import { startSpan, type TraceSpan } from '@voice-transcriber/telemetry/tracing';
import type { HeldClaim, Lease } from './lease.js';
import { WorkDroppedError } from './lease.js';

const NAMES = { prepare: 'prepare', chunk: 'transcribe chunk', finish: 'finish' } as const;

export interface TracedAttempt {
  readonly attemptId: string;
  readonly kind: keyof typeof NAMES;
  readonly transcriptionId: string;
  /** The upload's, as the transcription's row has it. */
  readonly traceParent: string | null;
  readonly workerId: string | null;
  readonly token: number | null;
  readonly startedAt?: Date;
}

/**
 * The span of an attempt. Its id comes from the attempt's: when the worker dies, the reconciler of another one ends the span in its place, and what the dead
 * worker had reported below it keeps its parent.
 */
export function startAttemptSpan(attempt: TracedAttempt): TraceSpan {
  const { attemptId, kind, transcriptionId, traceParent, workerId, token, startedAt } = attempt;
  return startSpan(NAMES[kind], {
    parent: traceParent,
    spanId: attemptId.replaceAll('-', '').slice(-16),
    attributes: {
      'vt.transcription.id': transcriptionId,
      'vt.attempt.id': attemptId,
      'vt.worker.id': workerId ?? undefined,
      'vt.lease.token': token ?? undefined,
    },
    ...(startedAt !== undefined && { startedAt }),
  });
}

/** Ends it, unless the claim was lost: then it is the reconciler that closes the attempt and ends its span. */
export function endAttemptSpan(
  span: TraceSpan,
  { outcome, error, lease }: { readonly outcome: AttemptOutcome; readonly error?: unknown; readonly lease: Lease },
): void {
  if (outcome === 'lost' || isLost(lease.signal.reason)) return;
  const dropped = lease.signal.reason instanceof WorkDroppedError ? lease.signal.reason.code : undefined;
  span.set({ 'vt.outcome': dropped === 'cancelled' ? 'cancelled' : outcome });
  span.end(outcome === 'failed' && dropped === undefined ? { error: error ?? new Error('It failed.') } : {});
}

function isLost(reason: unknown): boolean {
  return reason instanceof WorkDroppedError && (reason.code === 'fenced' || reason.code === 'heartbeat-lost');
}

/** For whoever closes the attempts of a dead worker, once that is committed. */
export function endLostAttemptSpan(attempt: TracedAttempt, outcome: 'lost' | 'succeeded' = 'lost'): void {
  const span = startAttemptSpan(attempt);
  span.set({ 'vt.outcome': outcome });
  const error = { code: 'worker-lost', message: 'Its worker died or lost its claim; the work is given to others.' };
  span.end(outcome === 'lost' ? { error } : {});
}

/** Facts of an attempt that a claim has just opened. */
export function tracedAttempt(
  kind: TracedAttempt['kind'],
  {
    attemptId,
    claim,
    transcription,
    workerId,
  }: {
    readonly attemptId: string;
    readonly claim: HeldClaim;
    readonly transcription: { readonly id: string; readonly traceParent: string | null };
    readonly workerId: string;
  },
): TracedAttempt {
  const { id, traceParent } = transcription;
  return { attemptId, kind, transcriptionId: id, traceParent, workerId, token: claim.token };
}
