import type { StageTimes, TranscriptionSummary } from '@voice-transcriber/db';

export const TIMELINE_STAGES = ['queued', 'preparing', 'loading', 'transcribing', 'finishing'] as const;

export interface TimelineStage {
  readonly stage: (typeof TIMELINE_STAGES)[number];
  readonly startedAt: Date;
  /** Null while it lasts. */
  readonly finishedAt: Date | null;
  /** Wall time; null while it lasts. */
  readonly seconds: number | null;
}

/**
 * The stages that a transcription has gone through so far. Loading is what lies between the first claim of a chunk and the first work of the model on it: near
 * nothing where the model was loaded already. A stage that began lasts until the next one, or until the transcription ended.
 */
export function describeTimeline(
  { createdAt, startedAt, finishedAt }: Pick<TranscriptionSummary, 'createdAt' | 'startedAt' | 'finishedAt'>,
  times: StageTimes,
): TimelineStage[] {
  const starts: Readonly<Record<TimelineStage['stage'], Date | null>> = {
    queued: createdAt,
    preparing: times.prepareStartedAt ?? startedAt,
    loading: times.chunkStartedAt,
    transcribing: latest(times.chunkStartedAt, times.inferenceStartedAt),
    finishing: times.finishStartedAt,
  };
  const ends: Readonly<Record<TimelineStage['stage'], Date | null>> = {
    queued: null,
    preparing: times.prepareFinishedAt,
    loading: null,
    transcribing: times.finishStartedAt === null ? null : times.windowsCommittedAt,
    finishing: times.finishFinishedAt,
  };
  const begun = TIMELINE_STAGES.flatMap((stage) => {
    const start = starts[stage];
    return start === null ? [] : [{ stage, start }];
  });
  return begun.map(({ stage, start }, index) => {
    const end = ends[stage] ?? begun[index + 1]?.start ?? finishedAt;
    const seconds = end === null ? null : Math.max(0, (end.getTime() - start.getTime()) / 1000);
    return { stage, startedAt: start, finishedAt: end, seconds };
  });
}

/** The later of the two; null unless both are known. */
function latest(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return null;
  return one > other ? one : other;
}
