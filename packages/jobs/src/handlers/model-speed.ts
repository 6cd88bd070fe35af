import { eq, sql } from 'drizzle-orm';
import { modelSpeeds, transcriptions, type Queryable } from '@voice-transcriber/db';
import type { ResourceUse } from './attempt.js';
import type { Choice } from './ports.js';

/** Weight of the newest measurement: follows a change of load within a few chunks, without jumping. */
const NEWEST_WEIGHT = 0.3;

/** Refines the measured speed of a model on a device of a host with what one run did. */
export async function recordModelSpeed(
  db: Queryable,
  {
    host,
    choice,
    audioSeconds,
    inferenceSeconds,
  }: {
    readonly host: string;
    readonly choice: Choice;
    readonly audioSeconds: number;
    readonly inferenceSeconds: number;
  },
): Promise<void> {
  const { model, backend, device } = choice;
  const speed = audioSeconds / inferenceSeconds;
  await db
    .insert(modelSpeeds)
    .values({ host, model, backend, device, audioSecondsPerSecond: speed })
    .onConflictDoUpdate({
      target: [modelSpeeds.host, modelSpeeds.backend, modelSpeeds.model, modelSpeeds.device],
      set: {
        audioSecondsPerSecond: sql`${modelSpeeds.audioSecondsPerSecond} * ${1 - NEWEST_WEIGHT}::float8 + ${speed * NEWEST_WEIGHT}::float8`,
        measurements: sql`${modelSpeeds.measurements} + 1`,
        source: 'jobs',
        updatedAt: sql`now()`,
      },
    });
}

/** The largest process tree that worked for a transcription. */
export async function recordMemoryPeak(
  db: Queryable,
  transcriptionId: string,
  use: ResourceUse | undefined,
): Promise<void> {
  if (!use) return;
  await db
    .update(transcriptions)
    .set({
      memoryBytesPeak: sql`greatest(${transcriptions.memoryBytesPeak}, ${Math.round(use.memoryBytesPeak)}::bigint)`,
    })
    .where(eq(transcriptions.id, transcriptionId));
}
