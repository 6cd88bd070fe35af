import { and, eq, isNull, or, ne, sql } from 'drizzle-orm';
import { BackendError } from '@voice-transcriber/backend-sdk';
import { transcriptions, type AvoidedCandidate, type CandidateVerdict } from '@voice-transcriber/db';
import { startSpan } from '@voice-transcriber/telemetry/tracing';
import type { ChunkClaim } from './claims.js';
import { withDatabaseRetry } from './database-retry.js';
import type { ChunkRun } from './hear-windows.js';
import type { Lease } from './lease.js';
import type { Choice, HandlerDependencies } from './ports.js';

/** Chooses what runs the chunk and stores the choice with every verdict, so that a person can see why. */
export async function chooseForChunk<C extends Choice>(
  dependencies: HandlerDependencies<C>,
  { claimed, lease, span: above }: Pick<ChunkRun<C>, 'claimed' | 'lease' | 'span'>,
): Promise<C> {
  const span = startSpan('choose', { parent: above.traceParent });
  try {
    const choice = await chooseAndStore(dependencies, claimed, lease);
    const { model, backend, device } = choice;
    span.set({ 'vt.model': model, 'vt.backend': backend, 'vt.device': device });
    span.end();
    return choice;
  } catch (error) {
    span.end({ error });
    throw error;
  }
}

async function chooseAndStore<C extends Choice>(
  { db, inference, defaultModel }: HandlerDependencies<C>,
  { chunk, transcription }: ChunkClaim,
  lease: Lease,
): Promise<C> {
  const { task, language, wordTimes } = transcription.options;
  const { requestedModel, requestedBackend, requestedDevice } = transcription;
  const request = {
    model: requestedModel ?? defaultModel,
    task,
    wordTimes,
    ...(language === undefined ? {} : { language }),
    ...(requestedBackend === null ? {} : { backend: requestedBackend }),
    ...(requestedDevice === null ? {} : { device: requestedDevice }),
  };
  const choice = await chooseOther(inference, request, chunk.avoided);
  const { model, backend, device } = choice;
  await withDatabaseRetry(lease.signal, () =>
    db.orm
      .update(transcriptions)
      .set({
        model,
        backend,
        device,
        // Another device has not run yet.
        deviceActual: null,
        candidates: withFailures(choice.candidates, transcription.candidates),
        updatedAt: sql`now()`,
      })
      .where(
        and(
          eq(transcriptions.id, transcription.id),
          or(
            isNull(transcriptions.model),
            ne(transcriptions.model, model),
            ne(transcriptions.backend, backend),
            ne(transcriptions.device, device),
          ),
        ),
      ),
  );
  return choice;
}

/** What failed on a part of the recording stays on record, although it may be chosen again for another part. */
export function withFailures(
  verdicts: readonly CandidateVerdict[],
  earlier: readonly CandidateVerdict[],
): readonly CandidateVerdict[] {
  return verdicts.map((verdict) => {
    const failure = earlier.find((one) => isSameCandidate(one, verdict))?.failure;
    return failure === undefined ? verdict : { ...verdict, failure };
  });
}

export function isSameCandidate(one: AvoidedCandidate, other: AvoidedCandidate): boolean {
  return one.model === other.model && one.backend === other.backend && one.device === other.device;
}

/** What failed on this chunk is left out; where nothing else is left, it gets another chance, and the limit of crashes decides. */
async function chooseOther<C extends Choice>(
  inference: HandlerDependencies<C>['inference'],
  request: Parameters<HandlerDependencies<C>['inference']['choose']>[0],
  avoided: ChunkClaim['chunk']['avoided'],
): Promise<C> {
  if (avoided.length === 0) return inference.choose(request);
  try {
    return await inference.choose({ ...request, exclude: avoided });
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return inference.choose(request);
  }
}
