import { readPerformance } from '@voice-transcriber/db';
import { logPerformance } from '@voice-transcriber/telemetry';
import type { HandlerDependencies } from './ports.js';

/** The performance line of a whole transcription, and its figures for whoever counts. Measurements must never undo work, so failures are only logged. */
export async function reportTranscription(
  { db, logger, metrics }: Pick<HandlerDependencies, 'db' | 'logger' | 'metrics'>,
  transcriptionId: string,
): Promise<void> {
  try {
    const [performance] = await readPerformance(db.orm, { transcriptionIds: [transcriptionId] });
    if (performance === undefined) return;
    const { state, audioSeconds, totalSeconds } = performance;
    if (totalSeconds === null || (state !== 'completed' && state !== 'partial')) return;
    metrics.transcriptionFinished(state, { audioSeconds: audioSeconds ?? 0, totalSeconds });
    const { waitSeconds, computeSeconds, memoryBytesPeak, memoryBytesChange, cpuPercentMean, attempts } = performance;
    logPerformance(logger, {
      operation: 'transcription',
      transcriptionId,
      outcome: state,
      durationSeconds: computeSeconds ?? totalSeconds,
      totalSeconds,
      waitSeconds,
      attempts,
      audioSeconds: audioSeconds ?? undefined,
      memoryBytesChange: memoryBytesChange ?? undefined,
      memoryBytesPeak: memoryBytesPeak ?? undefined,
      cpuPercentMean: cpuPercentMean ?? undefined,
    });
  } catch (error) {
    logger.warn({ err: error, transcriptionId }, 'The performance of a transcription could not be read.');
  }
}
