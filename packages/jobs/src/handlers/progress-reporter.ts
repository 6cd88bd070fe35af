import { appendEvent } from '@voice-transcriber/events';
import { describeProgress, readTranscriptionRates } from '../progress.js';
import { guardClaim } from './claims.js';
import type { Lease } from './lease.js';
import type { HandlerDependencies } from './ports.js';

/** One event a second for each running chunk at most: a progress bar needs no more. */
const INTERVAL_MILLISECONDS = 1000;

/**
 * Tells how far the running window is. Only a hint between two commits: a report that fails is forgotten, and none is written once the
 * claim is gone.
 */
export function createProgressReporter(
  { db, workerId, logger }: Pick<HandlerDependencies, 'db' | 'workerId' | 'logger'>,
  lease: Lease,
): { report(inFlightSeconds: number): void; flush(): Promise<void> } {
  let lastAt = performance.now();
  let pending: Promise<void> | undefined;

  const write = (inFlightSeconds: number): Promise<void> =>
    db.orm.transaction(async (transaction) => {
      const transcription = await guardClaim(transaction, lease, workerId);
      const rates = await readTranscriptionRates(transaction, [transcription.id]);
      const rate = rates.get(transcription.id);
      await appendEvent(transaction, {
        transcriptionId: transcription.id,
        type: 'progress-made',
        payload: { progress: describeProgress(transcription, { audioSecondsPerSecond: rate, inFlightSeconds }) },
      });
    });

  return {
    report(inFlightSeconds) {
      if (pending || lease.signal.aborted || performance.now() - lastAt < INTERVAL_MILLISECONDS) return;
      lastAt = performance.now();
      pending = write(inFlightSeconds)
        .catch((error: unknown) => logger.debug({ err: error }, 'A progress report was not written.'))
        .finally(() => (pending = undefined));
    },
    async flush() {
      await pending;
    },
  };
}
