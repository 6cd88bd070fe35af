import type { TranscriptionSummary } from '@voice-transcriber/db';
import type { ProgressPayload } from '@voice-transcriber/events';
import { describeProgress } from '@voice-transcriber/jobs';
import { builder } from './builder.js';

export const TranscriptionProgress = builder.objectRef<ProgressPayload>('TranscriptionProgress').implement({
  fields: (t) => ({
    audioSecondsPerSecond: t.exposeFloat('audioSecondsPerSecond', { nullable: true }),
    chunksDone: t.exposeInt('chunksDone'),
    chunksTotal: t.exposeInt('chunksTotal'),
    committedSeconds: t.exposeFloat('committedSeconds'),
    etaSeconds: t.exposeFloat('etaSeconds', { nullable: true }),
    fraction: t.exposeFloat('fraction'),
    plannedSeconds: t.exposeFloat('plannedSeconds'),
  }),
});

/** Progress of a stored row. What is completed is whole, also when it held no speech to count; what does not run has no estimate. */
export function progressOf(
  transcription: TranscriptionSummary,
  audioSecondsPerSecond: number | undefined,
): ProgressPayload {
  if (transcription.state === 'completed') {
    return { ...describeProgress(transcription, { audioSecondsPerSecond: undefined }), fraction: 1, etaSeconds: 0 };
  }
  return describeProgress(transcription, {
    audioSecondsPerSecond: isMoving(transcription) ? audioSecondsPerSecond : undefined,
  });
}

export function isMoving({ state }: TranscriptionSummary): boolean {
  return state === 'transcribing' || state === 'finishing';
}
