import type { ModelFiles, ModelManifest } from './model.js';
import type { TranscribeRequest, TranscriptPart } from './transcribe.js';

export type DeviceKind = 'cpu' | 'cuda' | 'metal' | 'vulkan';

/** A place where a model can run. */
export interface Device {
  /** Stable within the machine: `cpu`, `cuda:0`. */
  readonly id: string;
  readonly kind: DeviceKind;
  readonly name: string;
  /** Memory that a model may take on this device, in bytes (container limit honoured). */
  readonly memoryBytesTotal: number;
}

export type ProbeReport =
  | {
      readonly status: 'available';
      readonly version: string;
      readonly devices: readonly Device[];
      /** Facts for a person: instruction sets, build flags. */
      readonly facts: Readonly<Record<string, string>>;
    }
  | {
      readonly status: 'unavailable';
      /** What is wrong, in a sentence. */
      readonly reason: string;
      /** What the administrator can do about it, in a sentence. */
      readonly fix: string;
    };

/** Whether a model can run on a device at all, and what it will take. */
export type Fit =
  { readonly fits: true; readonly memoryBytesNeeded: number } | { readonly fits: false; readonly reason: string };

export interface LoadOptions {
  readonly device: Device;
  /** Threads of the loaded model in all, however many windows it works on at once. At least 1. */
  readonly threads: number;
  /** How numbers are calculated, for engines that can choose; without it each takes its fastest way. `float32` is slow and large: for comparisons. */
  readonly precision?: 'int8' | 'float32';
}

export interface Capabilities {
  readonly wordTimes: boolean;
  readonly translation: boolean;
  readonly languageDetection: boolean;
  /** How many windows one `transcribe` call uses well at once; 1 = one after another. */
  readonly batchSize: number;
  /**
   * How many `transcribe` calls may run at once on one loaded model. Above 1 the host sends one window a call and keeps as many inside as the larger of this and
   * `batchSize`; at 1 it sends up to `batchSize` windows in one call after another.
   */
  readonly concurrency: number;
  /** `process`: only ending the process stops a running window. `window`: stops at the next window. `immediate`: at once. */
  readonly cancellation: 'process' | 'window' | 'immediate';
}

export interface LoadedModel {
  readonly capabilities: Capabilities;
  /** Resident bytes that loading took, measured. */
  readonly memoryBytes: number;
  /** The device that really runs it, which may differ from the one asked for. */
  readonly device: Device;
  /**
   * Turns windows into parts. Each window yields exactly one `window-final`, in the order of `request.windows`; `progress` and `warning` may come between.
   * Throws BackendError; after `signal` aborts it throws `cancelled` as soon as `capabilities.cancellation` promises.
   */
  transcribe(request: TranscribeRequest, options?: { readonly signal?: AbortSignal }): AsyncIterable<TranscriptPart>;
  /** Frees the model. Idempotent. */
  dispose(): Promise<void>;
}

/** One inference engine. Everything heavy is behind `load`, so that importing a backend is cheap and never fails. */
export interface Backend {
  readonly specVersion: 1;
  /** kebab-case: `smart-whisper`. */
  readonly name: string;
  /** Says what this machine offers. Never throws. */
  probe(): Promise<ProbeReport>;
  /** Pure: the memory that the model needs on the device, or why it cannot run there. */
  fit(model: ModelManifest, device: Device): Fit;
  /** Loads a checkpoint. Throws BackendError (`model-*`, `device-unavailable`, `out-of-memory`). */
  load(files: ModelFiles, options: LoadOptions): Promise<LoadedModel>;
}

/** Declares a backend; the type is checked where it is written, not where it is used. */
export function defineBackend(backend: Backend): Backend {
  return backend;
}
