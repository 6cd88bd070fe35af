import type { TranscribeRequest, TranscriptPart } from '@voice-transcriber/backend-sdk';
import type { BackendSource } from './backend-registry.js';
import type { Choice, ChooseRequest } from './choose-candidate.js';
import type { HostLogger } from './host-logger.js';
import type { ModelStore } from './model-store.js';
import type { SelfTestReport } from './run-self-test.js';
import type { JobStart } from './transcribe-job.js';

export interface InferenceHostOptions {
  /** In order of preference, for candidates that are equal otherwise. */
  readonly backends: readonly BackendSource[];
  readonly modelStore: ModelStore;
  /** Model processes at once. */
  readonly cacheSize: number;
  /** Threads of one inference. */
  readonly threads: number;
  readonly gpuEnabled: boolean;
  readonly gpuMemoryFraction: number;
  /** Ends idle model processes after five minutes, and loads a model only when its memory can really be had. */
  readonly memoryOptimization: boolean;
  readonly logger: HostLogger;
  /** Fewer windows at once on a model than its backend could take: to measure what more of them bring. */
  readonly batchSizeMax?: number;
  /** Where inference processes write V8 CPU profiles when they end. */
  readonly profileDirectory?: string;
  readonly observer?: HostObserver;
  /** Audio seconds per wall second, when it was ever measured here. */
  readonly measuredSpeed?: (backend: string, model: string, device: string) => number | undefined;
}

type ModelPlace = Pick<Choice, 'model' | 'backend' | 'device'>;

/** Told what becomes of the processes that hold models, for whoever counts it. */
export interface HostObserver {
  modelLoaded(place: ModelPlace, loadSeconds: number): void;
  /** `code` of the BackendError. */
  modelLoadFailed(place: ModelPlace, code: string): void;
  /** A process that held a model ended because the host wanted it. */
  modelUnloaded(place: ModelPlace): void;
  /** A process ended that should not have: `process-crashed`, `process-hung`, `out-of-memory`, `protocol-violated`. */
  processCrashed(place: ModelPlace, code: string): void;
}

/** One backend as the worker reports it to the database. */
export interface BackendReport {
  readonly name: string;
  readonly status: 'available' | 'unavailable';
  readonly version?: string;
  readonly reason?: string;
  readonly fix?: string;
  readonly devices: readonly {
    readonly id: string;
    readonly kind: string;
    readonly name: string;
    readonly memoryBytesTotal: number;
  }[];
  readonly facts: Readonly<Record<string, string>>;
  /** One for each device, as far as they were tested. */
  readonly selfTests: readonly SelfTestReport[];
}

export interface LoadedModelReport {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
  readonly pid: number;
  readonly memoryBytes: number;
  /** Jobs that run on it or wait for it. */
  readonly busy: number;
}

export interface InferenceJob {
  readonly choice: Pick<Choice, 'model' | 'backend' | 'device'>;
  readonly request: TranscribeRequest;
  /** Higher goes first, window by window. */
  readonly priority: number;
  /** Aborting ends the job with `cancelled` within a second, if need be by ending its process. */
  readonly signal: AbortSignal;
  /** Aborting lets no more windows in; the parts end, without an error, when those inside are done. */
  readonly stopSignal?: AbortSignal;
  /** Wall seconds for one window, instead of max(60 s, 20 times what is expected). */
  readonly windowSecondsMax?: number;
  /** The first window may have ended a process before: it goes in alone, so that it takes nobody with it. */
  readonly isSuspect?: boolean;
  /** Asked before each window goes in, when the request names no language: the one that was settled meanwhile. */
  readonly language?: () => string | undefined;
  /** Reads the samples of the window with this index just before it goes in, so that a long request holds few; its windows are empty then. */
  readonly readSamples?: (index: number) => Promise<Float32Array>;
  /** Span (W3C `traceparent`) that its batches of windows belong below, and the loading of the model, if it is this job that waits for it. */
  readonly traceParent?: string;
  /** Awaited before the first window reaches native code: the place for a mark that survives a crash. Its failure is the job's. */
  readonly onStarted?: (start: JobStart) => void | Promise<void>;
}

export interface InferenceHost {
  /** What each backend offers on this machine. */
  probe(): Promise<BackendReport[]>;
  /** Picks model, backend and device for a request. Throws BackendError when none can serve it. */
  choose(request: ChooseRequest): Promise<Choice>;
  /**
   * Turns windows into parts, one `window-final` for each, as they are done: windows share the model with those of other jobs, and a short one may overtake a
   * long one. Throws BackendError, or what `onStarted` threw.
   */
  transcribe(job: InferenceJob): AsyncIterable<TranscriptPart>;
  loadedModels(): LoadedModelReport[];
  /** Remembers how a backend did in its self-test: one that failed on a device is no candidate there. */
  noteSelfTest(backend: string, report: SelfTestReport): void;
  /** Ends the processes that have the model in memory and nothing to do. Returns how many. */
  unload(which: { readonly model: string; readonly backend?: string; readonly device?: string }): Promise<number>;
  /** Fails what runs with `cancelled` and ends every process. Idempotent. */
  dispose(): Promise<void>;
}
