import type { Database } from '@voice-transcriber/db';
import type { Logger } from '@voice-transcriber/telemetry';
import { ringPull } from '../tasks.js';
import { isTransientDatabaseError, withDatabaseRetry } from './database-retry.js';
import { HEARTBEAT_LOST_MILLISECONDS } from './lease-keeper.js';
import type { ModelFetcher } from './model-fetcher.js';
import {
  claimPull,
  endPull,
  isPullActive,
  keepPull,
  readPull,
  releasePull,
  type PullClaim,
  type PullReading,
} from './pull-claims.js';
import { RateMeter } from './rate-meter.js';
import { toStoredError } from './stored-error.js';

/** More at once share the same line. */
const PULLS_MAX = 2;
const KEEP_MILLISECONDS = 1000;
/** How long a bell waits that rang while all places were taken. */
const LATER_SECONDS = 3;

export interface ModelPullerDependencies {
  readonly db: Database;
  readonly fetcher: ModelFetcher;
  readonly logger: Logger;
  readonly workerId: string;
}

/** Runs pulls beside the jobs: a download lasts long and needs no processor, so it must not hold one of the places that jobs need. */
export interface ModelPuller {
  /** Hears the bell of a pull: begins it when it waits, cleans up when it was cancelled. */
  take(pullId: string): Promise<void>;
  /** Gives back what runs, with what was fetched. Idempotent. */
  dispose(): Promise<void>;
}

/** Why a running pull is given up here. */
class PullDroppedError extends Error {
  override readonly name = 'PullDroppedError';
  readonly code: 'taken' | 'draining' | 'heartbeat-lost';

  constructor(code: PullDroppedError['code']) {
    super(`The pull was dropped: ${code}.`);
    this.code = code;
  }
}

export function createModelPuller(dependencies: ModelPullerDependencies): ModelPuller {
  const { db, workerId, logger } = dependencies;
  const running = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>();
  let disposed = false;

  return {
    async take(id) {
      const pull = await readPull(db, id);
      if (disposed || pull === undefined) return;
      if (pull.state === 'cancelled') return cleanUp(dependencies, pull.model);
      if (pull.state !== 'queued') return;
      if (running.size >= PULLS_MAX) return ringPull(db.orm, id, { delaySeconds: LATER_SECONDS });
      const claim = await claimPull(db, { id, workerId });
      if (claim === undefined) return;
      const controller = new AbortController();
      const done = runPull(dependencies, claim, controller)
        .catch((error: unknown) => logger.error({ err: error, pullId: id }, 'A model pull could not be ended.'))
        .finally(() => running.delete(id));
      running.set(id, { controller, done });
    },
    async dispose() {
      disposed = true;
      const open = [...running.values()];
      for (const { controller } of open) controller.abort(new PullDroppedError('draining'));
      await Promise.all(open.map(({ done }) => done));
    },
  };
}

async function runPull(
  dependencies: ModelPullerDependencies,
  claim: PullClaim,
  controller: AbortController,
): Promise<void> {
  const { db, fetcher, logger } = dependencies;
  const meter = new RateMeter();
  let { bytesDone } = claim;
  let isVerifying = false;
  const stopKeeping = keepAlive(dependencies, claim, controller, () => ({
    bytesDone,
    bytesPerSecond: isVerifying ? null : meter.measure(bytesDone),
  }));
  try {
    await fetcher.fetch({
      model: claim.model,
      writer: `${claim.id}-${claim.token}`,
      signal: controller.signal,
      onProgress: (progress) => {
        ({ bytesDone } = progress);
        isVerifying = progress.step === 'verifying';
      },
    });
    stopKeeping();
    await withDatabaseRetry(controller.signal, () => endPull(db, claim, { state: 'succeeded' }));
    logger.info({ model: claim.model }, 'A model was pulled.');
  } catch (error) {
    stopKeeping();
    if (error instanceof PullDroppedError) return await drop(dependencies, claim, error);
    logger.warn({ err: error, model: claim.model }, 'A model could not be pulled.');
    await withDatabaseRetry(controller.signal, () =>
      endPull(db, claim, { state: 'failed', error: toStoredError(error) }),
    );
  } finally {
    stopKeeping();
  }
}

/** A heartbeat and the progress in one. Drops the pull when it is not ours any more, or may not be. */
function keepAlive(
  { db, logger }: ModelPullerDependencies,
  claim: PullClaim,
  controller: AbortController,
  read: () => PullReading,
): () => void {
  let keptAt = performance.now();
  let busy = false;
  const beat = async (): Promise<void> => {
    if (performance.now() - keptAt > HEARTBEAT_LOST_MILLISECONDS)
      controller.abort(new PullDroppedError('heartbeat-lost'));
    if (busy) return;
    busy = true;
    try {
      if (!(await keepPull(db, claim, read()))) controller.abort(new PullDroppedError('taken'));
      keptAt = performance.now();
    } catch (error) {
      if (!isTransientDatabaseError(error)) throw error;
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => {
    beat().catch((error: unknown) =>
      logger.warn({ err: error, pullId: claim.id }, 'The progress of a pull was not stored.'),
    );
  }, KEEP_MILLISECONDS);
  return () => clearInterval(timer);
}

async function drop(
  dependencies: ModelPullerDependencies,
  claim: PullClaim,
  { code }: PullDroppedError,
): Promise<void> {
  const { db, logger } = dependencies;
  logger.info({ model: claim.model, reason: code }, 'A model pull was dropped.');
  if (code === 'draining') await releasePull(db, claim);
  if (code !== 'taken') return;
  const pull = await readPull(db, claim.id);
  if (pull === undefined || pull.state === 'cancelled') await cleanUp(dependencies, claim.model);
}

/** Takes away what a cancelled pull fetched, unless somebody is fetching the model again. */
async function cleanUp({ db, fetcher }: ModelPullerDependencies, model: string): Promise<void> {
  if (!(await isPullActive(db, model))) await fetcher.forget(model);
}
