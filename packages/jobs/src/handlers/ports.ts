import type { TranscribeRequest, TranscriptPart } from '@voice-transcriber/backend-sdk';
import type { AvoidedCandidate, CandidateVerdict, Database, ChannelMode } from '@voice-transcriber/db';
import type { Storage } from '@voice-transcriber/storage';
import type { Logger } from '@voice-transcriber/telemetry';
import type { JobMetrics } from './job-metrics.js';
import type { LeaseKeeper } from './lease-keeper.js';
import type { ModelPuller } from './model-puller.js';

/** What was chosen for a request, and every verdict that led there. */
export interface Choice {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
  readonly candidates: readonly CandidateVerdict[];
}

export interface ChoiceRequest {
  readonly model: string;
  readonly task: 'transcribe' | 'translate';
  readonly language?: string;
  readonly wordTimes: boolean;
  /** Asked for by name; nothing else is a candidate then. */
  readonly backend?: string;
  /** Id or kind of device (`cuda:0`, `cuda`), likewise. */
  readonly device?: string;
  readonly exclude?: readonly AvoidedCandidate[];
}

export interface InferenceJob<C extends Choice> {
  readonly choice: C;
  readonly request: TranscribeRequest;
  /** Higher first. */
  readonly priority: number;
  readonly signal: AbortSignal;
  /** After this no more windows go in; the parts end when those inside are done. */
  readonly stopSignal?: AbortSignal;
  readonly windowSecondsMax?: number;
  /** The first window may have ended a process before: it goes in alone. */
  readonly isSuspect?: boolean;
  /** The language that was settled meanwhile, for windows that have not gone in. */
  readonly language?: () => string | undefined;
  /** Samples of the window with this index, read just before it goes in; the request's windows are empty then. */
  readonly readSamples?: (index: number) => Promise<Float32Array>;
  /** Span that loads and batches of windows belong below. */
  readonly traceParent?: string;
  /** Called before native code sees the first window. */
  readonly onStarted?: (start: { readonly deviceActual: string }) => Promise<void>;
}

/** The part of an inference host that handlers use: whatever runs models in child processes. */
export interface Inference<C extends Choice = Choice> {
  choose(request: ChoiceRequest): Promise<C>;
  transcribe(job: InferenceJob<C>): AsyncIterable<TranscriptPart>;
  loadedModels(): readonly {
    readonly model: string;
    readonly backend: string;
    readonly device: string;
    readonly pid: number;
  }[];
}

export interface PlannedChunk {
  readonly index: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly windows: readonly PlannedWindow[];
}

export interface PlannedWindow {
  /** Position in the whole recording. */
  readonly index: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** From 0, where channels are transcribed apart. */
  readonly channel?: number;
}

/** What was seen of one track: of the mix, or of one channel. */
export interface SoundOutline {
  readonly channel: number;
  /** Start, end, start, end … Null: it was not looked for. */
  readonly speechMilliseconds: readonly number[] | null;
  readonly peaksBase64: string;
  readonly peakSeconds: number;
}

export interface PreparedAudio {
  readonly audioSeconds: number;
  readonly speechSeconds: number;
  readonly plan: { readonly chunks: readonly PlannedChunk[] };
  readonly outlines: readonly SoundOutline[];
}

/** Decoding and planning, bound to this installation's tools and settings. */
export interface AudioPreparation {
  /** Writes 16 kHz s16le to `outputPath`, one track behind the other, each as long as the recording. Throws an error with a code that tells what is wrong with the recording. */
  prepare(input: {
    readonly inputPath: string;
    readonly container: string;
    readonly outputPath: string;
    readonly channels: ChannelMode;
    readonly signal: AbortSignal;
    /** Told once which process does it. */
    readonly onProcess: (pid: number) => void;
  }): Promise<PreparedAudio>;
  /** Samples of one window from the work file. */
  readWindow(
    audioKey: string,
    window: { readonly startSeconds: number; readonly endSeconds: number },
  ): Promise<Float32Array>;
}

export interface HandlerDependencies<C extends Choice = Choice> {
  readonly db: Database;
  readonly storage: Storage;
  readonly inference: Inference<C>;
  readonly audio: AudioPreparation;
  readonly leases: LeaseKeeper;
  readonly puller: ModelPuller;
  readonly logger: Logger;
  readonly metrics: JobMetrics;
  readonly workerId: string;
  /** Speeds are measured per host. */
  readonly host: string;
  readonly defaultModel: string;
  /** Deadline of one window; undefined: the inference host works it out. */
  readonly windowSecondsMax?: number | undefined;
}
