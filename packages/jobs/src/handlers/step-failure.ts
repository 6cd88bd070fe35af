import { AudioError } from '@voice-transcriber/audio';
import { eq, sql } from 'drizzle-orm';
import { transcriptions, type StoredError } from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { ringFinish, ringPrepare } from '../tasks.js';
import { guardClaim, type StepClaim } from './claims.js';
import { withDatabaseRetry } from './database-retry.js';
import { discardRecording, failTranscription } from './fail-transcription.js';
import { WorkDroppedError, type Lease } from './lease.js';
import type { HandlerDependencies } from './ports.js';
import { toStoredError } from './stored-error.js';

/** Tries of prepare or finish that may fail before the transcription does. */
export const STEP_FAILURES_MAX = 5;

interface FailedStep {
  readonly claimed: StepClaim;
  readonly lease: Lease;
  readonly step: 'prepare' | 'finish';
  readonly error: unknown;
}

/**
 * Decides what a failed step means: dropped work means nothing, a broken recording fails at once and leaves no bytes behind, everything else
 * is tried again after 1, 2, 4 … seconds.
 */
export async function failStep(dependencies: HandlerDependencies, failed: FailedStep): Promise<void> {
  const { db, storage, logger, leases } = dependencies;
  const { lease, error, claimed } = failed;
  if (lease.signal.aborted)
    return logger.info({ transcriptionId: lease.transcriptionId, reason: lease.signal.reason }, 'Work dropped.');
  const stored = toStoredError(error);
  logger.warn({ err: error, transcriptionId: lease.transcriptionId, step: failed.step }, 'A step failed.');
  try {
    const blob = await withDatabaseRetry(lease.signal, () =>
      db.orm.transaction(async (transaction) => {
        const transcription = await guardClaim(transaction, claimed.claim, dependencies.workerId);
        const broken = error instanceof AudioError && error.retry === 'never';
        const failures = transcription.stepFailures + 1;
        if (broken || isToolMissing(error) || failures >= STEP_FAILURES_MAX) {
          await failTranscription(transaction, transcription, stored);
          return broken ? discardRecording(transaction, transcription) : undefined;
        }
        await tryAgain(transaction, failed, stored, failures);
        return undefined;
      }),
    );
    if (blob !== undefined) await storage.delete(blob);
  } catch (secondError) {
    if (!(secondError instanceof WorkDroppedError)) throw secondError;
    if (secondError.code === 'fenced') leases.countFencedWrite();
  }
}

/** No retry installs a program; the recording is not at fault either. */
function isToolMissing(error: unknown): boolean {
  return error instanceof AudioError && error.code === 'tools-missing';
}

async function tryAgain(
  transaction: Parameters<typeof guardClaim>[0],
  { claimed: { transcription }, step }: FailedStep,
  error: StoredError,
  failures: number,
): Promise<void> {
  const retryInSeconds = 2 ** (failures - 1);
  await transaction
    .update(transcriptions)
    .set({ stepFailures: failures, leaseOwner: null, leaseUntil: null, updatedAt: sql`now()` })
    .where(eq(transcriptions.id, transcription.id));
  await appendEvent(transaction, {
    transcriptionId: transcription.id,
    type: 'attempt-failed',
    payload: { kind: step, error, retryInSeconds },
  });
  const ring = step === 'prepare' ? ringPrepare : ringFinish;
  await ring(transaction, transcription.id, { delaySeconds: retryInSeconds });
}
