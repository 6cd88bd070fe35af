import type { AttemptOutcome, TranscriptionPriority, TranscriptionState } from '@voice-transcriber/db';

/** What handlers tell of their work, for whoever counts it. Called after the commit of what is told. */
export interface JobMetrics {
  /** A transcription was taken from the queue for the first time. */
  queueLeft(priority: TranscriptionPriority, waitSeconds: number): void;
  attemptEnded(kind: 'prepare' | 'chunk' | 'finish', outcome: AttemptOutcome, durationSeconds: number): void;
  /** `inferenceSeconds` inside the model, for `audioSeconds` of the recording. */
  windowCommitted(
    choice: { readonly model: string; readonly backend: string; readonly device: string },
    seconds: { readonly audioSeconds: number; readonly inferenceSeconds: number },
  ): void;
  transcriptionFinished(
    state: Extract<TranscriptionState, 'completed' | 'partial'>,
    seconds: { readonly audioSeconds: number; readonly totalSeconds: number },
  ): void;
  /** Work of dead or silent workers that waits again. */
  leasesRecovered(kind: 'chunk' | 'step' | 'pull', count: number): void;
  workersLost(count: number): void;
  /** A write, or a lease, that was found to belong to somebody else. */
  writeFenced(): void;
  deliveryTried(outcome: 'delivered' | 'refused'): void;
}
