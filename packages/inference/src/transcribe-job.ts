import {
  BackendError,
  type AudioWindow,
  type Capabilities,
  type TranscribeOptions,
  type TranscribeRequest,
  type TranscriptPart,
} from '@voice-transcriber/backend-sdk';
import { PartQueue } from './part-queue.js';

/** What a job learns before native code sees its first window. */
export interface JobStart {
  /** The device that really runs the model, which may differ from the chosen one. */
  readonly deviceActual: string;
  /** Of the model as it is loaded here. */
  readonly capabilities: Capabilities;
}

export interface TranscribeJobOptions {
  readonly request: TranscribeRequest;
  readonly priority: number;
  readonly windowSecondsMax?: number;
  readonly isSuspect?: boolean;
  readonly language?: () => string | undefined;
  readonly readSamples?: (index: number) => Promise<Float32Array>;
  readonly traceParent?: string;
  readonly onStarted?: (start: JobStart) => void | Promise<void>;
}

/** A window that waits for a slot. */
export interface PendingWindow {
  readonly window: AudioWindow;
  /** It may have ended a process: nothing else is inside while it is, so that a second end has one culprit. */
  readonly isSuspect: boolean;
}

let arrivals = 0;

/** One `transcribe` call while it waits and runs: its windows that wait, how many are inside, and the parts that its reader has not taken yet. */
export class TranscribeJob {
  readonly arrival = arrivals++;
  readonly parts = new PartQueue();
  readonly priority: number;
  readonly windowSecondsMax: number | undefined;
  readonly traceParent: string | undefined;
  /** Position in the order of service, for taking turns among jobs of equal priority. */
  servedAt = 0;
  /** Set once its reader wants nothing more. */
  isCancelled = false;
  readonly #options: TranscribeJobOptions;
  #pending: PendingWindow[];
  #windowsInside = 0;
  #starting: Promise<void> | undefined;

  constructor(options: TranscribeJobOptions) {
    this.#options = options;
    this.priority = options.priority;
    this.windowSecondsMax = options.windowSecondsMax;
    this.traceParent = options.traceParent;
    this.#pending = options.request.windows.map((window, position) => ({
      window,
      isSuspect: options.isSuspect === true && position === 0,
    }));
  }

  /** With the language that was settled meanwhile, when the request names none. */
  get options(): TranscribeOptions {
    const { options } = this.#options.request;
    if (options.language !== undefined) return options;
    const language = this.#options.language?.();
    return language === undefined ? options : { ...options, language };
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  get hasSuspect(): boolean {
    return this.#pending[0]?.isSuspect === true;
  }

  get isFinished(): boolean {
    return this.#pending.length === 0 && this.#windowsInside === 0;
  }

  /** The next windows to go inside: a suspect one alone, otherwise up to `count`. */
  takeWindows(count: number): readonly AudioWindow[] {
    const firstSuspect = this.#pending.findIndex(({ isSuspect }) => isSuspect);
    const free = firstSuspect < 0 ? this.#pending.length : firstSuspect;
    const taken = this.#pending.splice(0, Math.max(1, Math.min(count, free)));
    this.#windowsInside += taken.length;
    return taken.map(({ window }) => window);
  }

  /** Runs the caller's mark before native code sees the first window; every later window waits for it too. */
  start(start: JobStart): Promise<void> {
    return (this.#starting ??= Promise.resolve(this.#options.onStarted?.(start)));
  }

  /** The windows with their samples. Rejects with what the caller's reader threw. */
  async load(windows: readonly AudioWindow[]): Promise<readonly AudioWindow[]> {
    const { readSamples } = this.#options;
    if (readSamples === undefined) return windows;
    return Promise.all(windows.map(async (window) => ({ ...window, samples: await readSamples(window.index) })));
  }

  take(part: TranscriptPart): void {
    if (part.type === 'window-final') this.#windowsInside -= 1;
    this.parts.push(part);
  }

  /** Windows that came out without a result, in front of those that wait. */
  putBack(windows: readonly AudioWindow[], { isSuspect }: { readonly isSuspect: boolean }): void {
    this.#windowsInside -= windows.length;
    this.#pending = [...windows.map((window) => ({ window, isSuspect })), ...this.#pending].sort(
      (one, other) => Number(other.isSuspect) - Number(one.isSuspect) || one.window.index - other.window.index,
    );
  }

  /** Windows inside that nobody waits for any more. */
  forget(windows: readonly AudioWindow[]): void {
    this.#windowsInside -= windows.length;
  }

  /** What waits is not wanted any more. */
  dropPending(): void {
    this.#pending = [];
  }
}

export function cancelledError(): BackendError {
  return new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
}
