import {
  BackendError,
  SAMPLE_RATE_HZ,
  type AudioWindow,
  type TranscribeOptions,
  type TranscribeRequest,
  type TranscriptPart,
} from '@voice-transcriber/backend-sdk';
import { PartQueue } from './part-queue.js';

/** A language that a window shorter than this was heard in does not decide for the windows after it. */
const LANGUAGE_SECONDS_MIN = 3;

let arrivals = 0;

/** One `transcribe` call while it waits and runs: its windows that are still to do, and the parts that its reader has not taken yet. */
export class TranscribeJob {
  readonly arrival = arrivals++;
  readonly parts = new PartQueue();
  readonly priority: number;
  readonly signal: AbortSignal;
  /** Position in the order of service, for taking turns among jobs of equal priority. */
  servedAt = 0;
  readonly #pending: AudioWindow[];
  readonly #onStarted: (() => void | Promise<void>) | undefined;
  #options: TranscribeOptions;
  #hasStarted = false;

  constructor(job: {
    request: TranscribeRequest;
    priority: number;
    signal: AbortSignal;
    onStarted?: (() => void | Promise<void>) | undefined;
  }) {
    this.#pending = [...job.request.windows];
    this.#options = job.request.options;
    this.priority = job.priority;
    this.signal = job.signal;
    this.#onStarted = job.onStarted;
  }

  get options(): TranscribeOptions {
    return this.#options;
  }

  get isFinished(): boolean {
    return this.#pending.length === 0;
  }

  nextWindows(count: number): readonly AudioWindow[] {
    return this.#pending.slice(0, Math.max(1, count));
  }

  /** Runs the caller's mark before native code sees the first window. */
  async start(): Promise<void> {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    await this.#onStarted?.();
  }

  take(part: TranscriptPart): void {
    if (part.type === 'window-final') {
      const [window] = this.#pending;
      if (window?.index === part.result.index) this.#pending.shift();
      const { language, segments } = part.result;
      // A recording is heard in one language, decided by its first real window: detecting again costs a second encoder pass for each window.
      const isLong = window !== undefined && window.samples.length >= LANGUAGE_SECONDS_MIN * SAMPLE_RATE_HZ;
      if (this.#options.language === undefined && language !== undefined && segments.length > 0 && isLong) {
        this.#options = { ...this.#options, language };
      }
    }
    this.parts.push(part);
  }
}

export function cancelledError(): BackendError {
  return new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
}
