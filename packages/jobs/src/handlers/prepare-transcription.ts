import { eq } from 'drizzle-orm';
import { chunks, media, soundOutlines, transcriptions, windows, type Transaction } from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { changeState } from '../commands/state.js';
import { ringChunks, ringFinish } from '../tasks.js';
import { closeAttempt, createResourceMeter, reportAttempt } from './attempt.js';
import { endAttemptSpan, startAttemptSpan, tracedAttempt } from './attempt-span.js';
import { claimStep, guardClaim, type StepClaim } from './claims.js';
import { withDatabaseRetry } from './database-retry.js';
import { WorkDroppedError, type Lease } from './lease.js';
import { failStep } from './step-failure.js';
import type { HandlerDependencies, PreparedAudio } from './ports.js';
import { workFileKey } from './work-file.js';

/** Enough for a statement to stay far below the limit of parameters. */
const WINDOWS_PER_INSERT = 500;

/**
 * Decodes a recording into its work file, finds speech and stores the plan. The plan of an earlier run is kept: it is deterministic, and
 * windows that are committed belong to it.
 */
export async function prepareTranscription(
  dependencies: HandlerDependencies,
  { transcriptionId }: { transcriptionId: string },
): Promise<void> {
  const { db, leases, workerId, logger, metrics } = dependencies;
  const claimed = await db.orm.transaction((transaction) =>
    claimStep(transaction, { transcriptionId, workerId, step: 'prepare' }),
  );
  if (!claimed) return;
  const lease = leases.hold(claimed.claim);
  const startedAt = performance.now();
  const span = startAttemptSpan(tracedAttempt('prepare', { ...claimed, workerId }));
  if (claimed.queuedSeconds !== undefined) metrics.queueLeft(claimed.transcription.priority, claimed.queuedSeconds);
  let pid: number | undefined;
  const meter = createResourceMeter(() => pid);
  const audioKey = workFileKey(transcriptionId, claimed.claim.token);
  let outcome: 'succeeded' | 'failed' = 'failed';
  let audioSeconds: number | undefined;
  let failure: unknown;
  try {
    const prepared = await decode(dependencies, { claimed, lease, audioKey, onProcess: (started) => (pid = started) });
    audioSeconds = prepared.audioSeconds;
    await withDatabaseRetry(lease.signal, () =>
      db.orm.transaction((transaction) => storePlan(transaction, { claimed, workerId, audioKey, prepared })),
    );
    outcome = 'succeeded';
    await removeSurplusFile(dependencies, claimed, audioKey);
  } catch (error) {
    failure = error;
    if (outcome === 'failed') await removeUnlessStored(dependencies, transcriptionId, audioKey);
    await failStep(dependencies, { claimed, lease, step: 'prepare', error });
  } finally {
    lease.forget();
    const use = await meter.stop();
    await closeAttempt(db.orm, claimed.attemptId, { outcome, use });
    const durationSeconds = (performance.now() - startedAt) / 1000;
    span.set({ 'vt.audio_seconds': audioSeconds });
    endAttemptSpan(span, { outcome, error: failure, lease });
    metrics.attemptEnded('prepare', outcome, durationSeconds);
    reportAttempt(logger, { operation: 'prepare', transcriptionId, durationSeconds, audioSeconds, outcome, use });
  }
}

/** A retry may come before the file of the earlier run was removed. If this fails, clean-up does it. */
async function removeSurplusFile(
  { storage, logger }: HandlerDependencies,
  { transcription }: StepClaim,
  audioKey: string,
): Promise<void> {
  const previous = transcription.audioKey;
  if (previous === null || previous === audioKey) return;
  await storage.delete(previous).catch((error: unknown) => logger.warn({ err: error }, 'An old work file is left.'));
}

/** The plan may be stored although its commit was never answered: then the file is needed. What stays in doubt is left to clean-up. */
async function removeUnlessStored(
  { db, storage, logger }: HandlerDependencies,
  transcriptionId: string,
  audioKey: string,
): Promise<void> {
  try {
    const stored = await db.orm.transaction((transaction) => storedAlready(transaction, transcriptionId, audioKey));
    if (!stored) await storage.delete(audioKey);
  } catch (error) {
    logger.warn({ err: error, audioKey }, 'A work file is left, because the database cannot say whether it is needed.');
  }
}

interface Decoding {
  readonly claimed: StepClaim;
  readonly lease: Lease;
  readonly audioKey: string;
  readonly onProcess: (pid: number) => void;
}

async function decode(
  { db, storage, audio }: HandlerDependencies,
  { claimed: { transcription }, lease, audioKey, onProcess }: Decoding,
): Promise<PreparedAudio> {
  const [recording] = await db.orm.select().from(media).where(eq(media.id, transcription.mediaId));
  if (!recording) throw new WorkDroppedError('cancelled');
  const { container } = recording;
  const channels = transcription.options.channelMode ?? 'mixed';
  return storage.readAsFile(recording.storageKey, (inputPath) =>
    storage.writeAsFile(audioKey, (outputPath) =>
      audio.prepare({ inputPath, container, outputPath, channels, signal: lease.signal, onProcess }),
    ),
  );
}

interface PlanToStore {
  readonly claimed: StepClaim;
  readonly workerId: string;
  readonly audioKey: string;
  readonly prepared: PreparedAudio;
}

async function storePlan(
  transaction: Transaction,
  { claimed, workerId, audioKey, prepared }: PlanToStore,
): Promise<void> {
  const current = await storedAlready(transaction, claimed.transcription.id, audioKey);
  if (current) return;
  const transcription = await guardClaim(transaction, claimed.claim, workerId);
  const { id } = transcription;
  await storeOutlines(transaction, id, prepared);
  const open =
    transcription.chunksTotal > 0
      ? await countOpenChunks(transaction, id)
      : await insertPlan(transaction, id, prepared);
  const planned = prepared.plan.chunks.flatMap((chunk) => chunk.windows);
  const plannedSeconds = planned.reduce((sum, window) => sum + window.endSeconds - window.startSeconds, 0);
  const facts = { audioSeconds: prepared.audioSeconds, speechSeconds: prepared.speechSeconds };
  const totals = transcription.chunksTotal > 0 ? {} : { plannedSeconds, chunksTotal: prepared.plan.chunks.length };
  await appendEvent(transaction, {
    transcriptionId: id,
    type: 'plan-made',
    payload: {
      ...facts,
      plannedSeconds: totals.plannedSeconds ?? transcription.plannedSeconds,
      chunksTotal: totals.chunksTotal ?? transcription.chunksTotal,
      windowsTotal: planned.length,
    },
  });
  await changeState(transaction, {
    id,
    from: transcription.state,
    state: open > 0 ? 'transcribing' : 'finishing',
    changes: { ...facts, ...totals, audioKey, leaseOwner: null, leaseUntil: null, stepFailures: 0 },
  });
  if (open > 0) await ringChunks(transaction, id);
  else await ringFinish(transaction, id);
}

/** The same recording looks the same every time; a retry writes it again, in case it was made before outlines were kept. */
async function storeOutlines(
  transaction: Transaction,
  transcriptionId: string,
  { outlines }: PreparedAudio,
): Promise<void> {
  await transaction.delete(soundOutlines).where(eq(soundOutlines.transcriptionId, transcriptionId));
  if (outlines.length === 0) return;
  await transaction.insert(soundOutlines).values(
    outlines.map(({ peaksBase64, ...outline }) => ({
      ...outline,
      transcriptionId,
      peaks: Buffer.from(peaksBase64, 'base64'),
    })),
  );
}

/** The answer to a commit may get lost: then the second try finds its own work. */
async function storedAlready(transaction: Transaction, id: string, audioKey: string): Promise<boolean> {
  const [row] = await transaction
    .select({ audioKey: transcriptions.audioKey })
    .from(transcriptions)
    .where(eq(transcriptions.id, id));
  return row?.audioKey === audioKey;
}

async function countOpenChunks(transaction: Transaction, id: string): Promise<number> {
  const rows = await transaction.select({ state: chunks.state }).from(chunks).where(eq(chunks.transcriptionId, id));
  return rows.filter(({ state }) => state === 'waiting').length;
}

async function insertPlan(transaction: Transaction, transcriptionId: string, { plan }: PreparedAudio): Promise<number> {
  if (plan.chunks.length === 0) return 0;
  const rows = await transaction
    .insert(chunks)
    .values(
      plan.chunks.map(({ index, startSeconds, endSeconds }) => ({ transcriptionId, index, startSeconds, endSeconds })),
    )
    .returning({ id: chunks.id, index: chunks.index });
  const chunkIds = new Map(rows.map(({ id, index }) => [index, id]));
  const planned = plan.chunks.flatMap((chunk) =>
    chunk.windows.map(({ index, startSeconds, endSeconds, channel = null }) => {
      const chunkId = chunkIds.get(chunk.index);
      if (chunkId === undefined) throw new Error(`The plan names chunk ${chunk.index} twice.`);
      return { transcriptionId, chunkId, index, channel, startSeconds, endSeconds };
    }),
  );
  for (let start = 0; start < planned.length; start += WINDOWS_PER_INSERT) {
    await transaction.insert(windows).values(planned.slice(start, start + WINDOWS_PER_INSERT));
  }
  return rows.length;
}
