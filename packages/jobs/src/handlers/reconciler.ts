import { recordQueueSample } from '@voice-transcriber/db';
import { isTransientDatabaseError } from './database-retry.js';
import { closeAbandonedAttempts, declareDeadWorkers, unlockDeadPools } from './reconcile-workers.js';
import { recoverChunks, recoverSteps } from './reconcile-leases.js';
import { endSilentSessions } from './reconcile-sessions.js';
import { reconcileBenchmarks } from './reconcile-benchmarks.js';
import { createBellRepair, removeDeadBells, settleForgotten } from './reconcile-bells.js';
import { recoverPulls, repairPullBells } from './reconcile-pulls.js';
import { deleteLeftoverWorkFiles } from './reconcile-files.js';
import type { ReconcilerDependencies } from './reconciler-dependencies.js';

/** Four times as often as promised: with four seconds of silence before a worker counts as dead, its chunk is back in work within six. */
const INTERVAL_MILLISECONDS = 500;

export interface Reconciler {
  start(): void;
  /** One pass; for tests. */
  runOnce(): Promise<void>;
  /** Idempotent; waits for a running pass. */
  dispose(): Promise<void>;
}

/**
 * Finds work that nobody does and makes it findable again: leases of the dead, bells that were lost, files that outlived their purpose.
 *
 * Every worker runs one. Each repair takes its locks and is harmless when done twice, so two at once need no more than that; a try-lock
 * around the bulk of it only spares the database the same questions from every worker.
 */
export function createReconciler(dependencies: ReconcilerDependencies): Reconciler {
  const repairBells = createBellRepair(dependencies);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let disposed = false;

  async function runOnce(): Promise<void> {
    // Before the lock: the one who holds it may be the one who stands still.
    await endSilentSessions(dependencies);
    const deadWorkers = await declareDeadWorkers(dependencies);
    if (deadWorkers === undefined) return;
    await recoverChunks(dependencies);
    await recoverSteps(dependencies);
    await closeAbandonedAttempts(dependencies);
    await unlockDeadPools(dependencies);
    await settleForgotten(dependencies);
    await repairBells();
    await recoverPulls(dependencies);
    await repairPullBells(dependencies);
    await removeDeadBells(dependencies);
    await reconcileBenchmarks(dependencies);
    await deleteLeftoverWorkFiles(dependencies);
    await recordQueueSample(dependencies.db.orm);
  }

  const pass = (): void => {
    running = runOnce()
      .catch((error: unknown) => {
        if (isTransientDatabaseError(error))
          dependencies.logger.warn({ err: error }, 'The reconciler could not reach the database.');
        else dependencies.logger.error({ err: error }, 'The reconciler failed.');
      })
      .finally(() => {
        if (!disposed) timer = setTimeout(pass, INTERVAL_MILLISECONDS);
      });
  };

  return {
    start: pass,
    runOnce,
    async dispose() {
      disposed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
