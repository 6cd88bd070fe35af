import { and, asc, eq, isNull } from 'drizzle-orm';
import { listSoundOutlines, windows, type Transaction } from '@voice-transcriber/db';
import { ringChunk } from '../tasks.js';
import { closeAttempt, createResourceMeter, reportAttempt, type AttemptEnd } from './attempt.js';
import { endAttemptSpan, startAttemptSpan, tracedAttempt } from './attempt-span.js';
import { chooseForChunk } from './choose-for-chunk.js';
import { recordChunkFailure } from './chunk-failure.js';
import { claimChunk, guardClaim, releaseChunk, type ChunkClaim } from './claims.js';
import { withDatabaseRetry } from './database-retry.js';
import { WindowHearing, type ChunkRun } from './hear-windows.js';
import { WorkDroppedError } from './lease.js';
import { recordMemoryPeak, recordModelSpeed } from './model-speed.js';
import type { Choice, HandlerDependencies, Inference } from './ports.js';
import { raiseWarnings } from './raise-warnings.js';
import { toStoredError } from './stored-error.js';

/**
 * Transcribes the open windows of one chunk, each committed as soon as it is there. Stops when asked to, once the windows inside are done, and
 * may die anywhere: what is committed stays, and the next claim goes on behind it.
 */
export async function transcribeChunk<C extends Choice>(
  dependencies: HandlerDependencies<C>,
  { chunkId }: { chunkId: string },
): Promise<void> {
  const { db, leases, workerId, inference } = dependencies;
  const claimed = await db.orm.transaction((transaction) => claimChunk(transaction, { chunkId, workerId }));
  if (!claimed) return;
  const lease = leases.hold(claimed.claim);
  const span = startAttemptSpan(tracedAttempt('chunk', { ...claimed, workerId }));
  span.set({ 'vt.chunk.index': claimed.chunk.index });
  const run: ChunkRun<C> = {
    claimed,
    lease,
    span,
    choice: undefined,
    windowsCommitted: 0,
    audioSeconds: 0,
    inferenceSeconds: 0,
  };
  const startedAt = performance.now();
  const meter = createResourceMeter(() => findProcess(inference, run.choice));
  let end: AttemptEnd = { outcome: 'lost' };
  try {
    end = await work(dependencies, run).catch((error: unknown) => fail(dependencies, run, error));
  } finally {
    lease.forget();
    await conclude(dependencies, run, { ...end, use: await meter.stop() }, (performance.now() - startedAt) / 1000);
  }
}

async function work<C extends Choice>(dependencies: HandlerDependencies<C>, run: ChunkRun<C>): Promise<AttemptEnd> {
  const { db } = dependencies;
  const { lease, claimed } = run;
  const { audioKey, id } = claimed.transcription;
  if (audioKey === null) throw new Error('A chunk runs without a work file.');
  const choice = await chooseForChunk(dependencies, run);
  run.choice = choice;
  const open = await withDatabaseRetry(lease.signal, () =>
    db.orm
      .select()
      .from(windows)
      .where(and(eq(windows.chunkId, claimed.chunk.id), isNull(windows.committedAt)))
      .orderBy(asc(windows.index)),
  );
  const outlines = await withDatabaseRetry(lease.signal, () => listSoundOutlines(db.orm, { transcriptionId: id }));
  const hearing = new WindowHearing(dependencies, run, { choice, audioKey, open, outlines });
  await hearing.hear();
  await raiseWarnings(dependencies, id, [...hearing.warnings.values()]);
  if (run.windowsCommitted < open.length) {
    if (lease.stopSignal.aborted) return letGo(dependencies, run);
    throw new Error('The inference host ended without a result for every window.');
  }
  return { outcome: 'succeeded' };
}

/** Paused or draining: what is done stays, the rest waits. */
async function letGo<C extends Choice>(
  dependencies: HandlerDependencies<C>,
  { claimed, lease }: ChunkRun<C>,
): Promise<AttemptEnd> {
  const { db, workerId } = dependencies;
  await withDatabaseRetry(lease.signal, () =>
    db.orm.transaction((transaction) => release(transaction, claimed, workerId)),
  );
  return { outcome: 'released' };
}

async function fail<C extends Choice>(
  dependencies: HandlerDependencies<C>,
  run: ChunkRun<C>,
  error: unknown,
): Promise<AttemptEnd> {
  const { db, leases, logger, workerId } = dependencies;
  const { claimed, lease, choice } = run;
  const about = { transcriptionId: lease.transcriptionId, chunkIndex: claimed.chunk.index };
  try {
    lease.signal.throwIfAborted();
    if (error instanceof WorkDroppedError) throw error;
    logger.warn({ ...about, err: error }, 'A chunk failed.');
    const candidate = choice && { model: choice.model, backend: choice.backend, device: choice.device };
    await withDatabaseRetry(lease.signal, () =>
      db.orm.transaction((transaction) => recordChunkFailure(transaction, { claimed, workerId, error, candidate })),
    );
    return { outcome: 'failed', error: toStoredError(error) };
  } catch (secondError) {
    if (!(secondError instanceof WorkDroppedError)) throw secondError;
    logger.info({ ...about, reason: secondError.code }, 'Work dropped.');
    // Leases that a heartbeat found gone are counted there.
    if (secondError.code === 'fenced' && !lease.signal.aborted) leases.countFencedWrite();
    if (secondError.code === 'draining') return giveBack(dependencies, run);
    return { outcome: secondError.code === 'cancelled' ? 'cancelled' : 'lost' };
  }
}

/** The worker ends before its window does. One try: if it fails, the lease ends by itself. */
async function giveBack<C extends Choice>(
  { db, workerId }: HandlerDependencies<C>,
  { claimed }: ChunkRun<C>,
): Promise<AttemptEnd> {
  await db.orm.transaction((transaction) => release(transaction, claimed, workerId));
  return { outcome: 'released' };
}

async function release(transaction: Transaction, { claim, chunk }: ChunkClaim, workerId: string): Promise<void> {
  const transcription = await guardClaim(transaction, claim, workerId);
  await releaseChunk(transaction, claim);
  if (transcription.state === 'transcribing') await ringChunk(transaction, chunk.id);
}

/** The attempt's row, the model's speed and the performance line. Measurements must never undo work, so failures are only logged. */
async function conclude<C extends Choice>(
  { db, logger, host, metrics }: HandlerDependencies<C>,
  { claimed, choice, lease, span, windowsCommitted, audioSeconds, inferenceSeconds }: ChunkRun<C>,
  end: AttemptEnd,
  durationSeconds: number,
): Promise<void> {
  const { model, backend, device } = choice ?? {};
  try {
    await closeAttempt(db.orm, claimed.attemptId, { ...end, windowsCommitted, model, backend, device });
    if (choice && inferenceSeconds > 0)
      await recordModelSpeed(db.orm, { host, choice, audioSeconds, inferenceSeconds });
    await recordMemoryPeak(db.orm, claimed.transcription.id, end.use);
  } catch (error) {
    logger.warn({ err: error }, 'The measurements of an attempt could not be stored.');
  }
  span.set({ 'vt.windows.committed': windowsCommitted, 'vt.audio_seconds': audioSeconds });
  endAttemptSpan(span, { outcome: end.outcome, error: end.error, lease });
  metrics.attemptEnded('chunk', end.outcome, durationSeconds);
  reportAttempt(logger, {
    operation: 'chunk',
    transcriptionId: claimed.transcription.id,
    chunkIndex: claimed.chunk.index,
    model,
    durationSeconds,
    audioSeconds,
    outcome: end.outcome,
    use: end.use,
  });
}

function findProcess(inference: Pick<Inference, 'loadedModels'>, choice: Choice | undefined): number | undefined {
  return inference
    .loadedModels()
    .find(
      (loaded) =>
        loaded.model === choice?.model && loaded.backend === choice.backend && loaded.device === choice.device,
    )?.pid;
}
