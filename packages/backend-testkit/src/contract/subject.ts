import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AudioWindow, Backend, Device, LoadedModel, ModelFiles } from '@voice-transcriber/backend-sdk';
import { SAMPLE_RATE_HZ, WINDOW_SECONDS_MAX } from '@voice-transcriber/backend-sdk';

/** Tests that take long with a slow engine, by the name under which they can be skipped. */
export type HeavyTest = 'concurrency' | 'random-moments' | 'repeated-loads';

export interface BackendContractOptions {
  /** Module whose default export is the backend, as an inference process imports it. */
  readonly moduleUrl: string;
  /** A checkpoint that the backend can load. Default: the model that comes with the product. */
  readonly model?: () => Promise<ModelFiles>;
  /** 16 kHz mono of speech or what the engine takes for it, 10 to 30 s. Default: the clip of this kit, 30 s of English. */
  readonly speech?: () => Promise<Float32Array>;
  /** What is spoken, ISO 639-1. Default `en`. */
  readonly language?: string;
  readonly threads?: number;
  /** Bound of one test, for slow engines. */
  readonly testMilliseconds?: number;
  /** Heavy tests that are left out, each with the reason. They are reported as skipped. */
  readonly skipped?: Readonly<Partial<Record<HeavyTest, string>>>;
}

/** What the tests look at: one backend with a loaded model. Ready once `open` has resolved. */
export interface ContractSubject {
  readonly options: BackendContractOptions & { readonly language: string; readonly threads: number };
  /** Whether the backend runs in a process of its own, behind an inference host. */
  readonly isHosted: boolean;
  readonly backend: Backend;
  readonly files: ModelFiles;
  readonly device: Device;
  readonly devices: readonly Device[];
  readonly model: LoadedModel;
  /** For files of the tests; removed at the end. */
  readonly directory: string;
  /** A stretch of speech. Beyond the end of the clip it begins again. */
  window(index: number, stretch: { readonly seconds: number; readonly fromSeconds?: number }): AudioWindow;
  /** A window of the greatest length. */
  fullWindow(index: number): AudioWindow;
  load(files?: ModelFiles, device?: Device): Promise<LoadedModel>;
  open(): Promise<void>;
  close(): Promise<void>;
}

interface Opened {
  readonly backend: Backend;
  readonly files: ModelFiles;
  readonly speech: Float32Array;
  readonly device: Device;
  readonly devices: readonly Device[];
  readonly model: LoadedModel;
  readonly directory: string;
}

export interface SubjectSources {
  readonly isHosted: boolean;
  readonly backend: () => Promise<Backend>;
  readonly model: () => Promise<ModelFiles>;
  readonly speech: () => Promise<Float32Array>;
}

export function createSubject(options: BackendContractOptions, sources: SubjectSources): ContractSubject {
  const { threads = 2, language = 'en' } = options;
  let opened: Opened | undefined;

  function ready(): Opened {
    if (opened === undefined) throw new Error('The backend of this suite could not be opened: see the first error.');
    return opened;
  }

  return {
    options: { ...options, threads, language },
    isHosted: sources.isHosted,
    get backend() {
      return ready().backend;
    },
    get files() {
      return ready().files;
    },
    get device() {
      return ready().device;
    },
    get devices() {
      return ready().devices;
    },
    get model() {
      return ready().model;
    },
    get directory() {
      return ready().directory;
    },
    window: (index, { seconds, fromSeconds = 0 }) => ({
      index,
      startSeconds: index * 100,
      samples: cut(ready().speech, fromSeconds, seconds),
    }),
    fullWindow: (index) => ({
      index,
      startSeconds: index * 100,
      samples: cut(ready().speech, 0, WINDOW_SECONDS_MAX),
    }),
    load: (files = ready().files, device = ready().device) => ready().backend.load(files, { device, threads }),
    open: async () => {
      const backend = await sources.backend();
      const [files, speech] = await Promise.all([sources.model(), sources.speech()]);
      const report = await backend.probe();
      if (report.status !== 'available') throw new Error(`${report.reason} ${report.fix}`);
      const device = report.devices.find(({ kind }) => kind === 'cpu');
      if (device === undefined) throw new Error('The backend offers no processor device.');
      const model = await backend.load(files, { device, threads });
      const directory = await mkdtemp(path.join(os.tmpdir(), 'backend-contract-'));
      opened = { backend, files, speech, device, devices: report.devices, model, directory };
    },
    close: async () => {
      await opened?.model.dispose();
      if (opened !== undefined) await rm(opened.directory, { recursive: true, force: true });
    },
  };
}

function cut(speech: Float32Array, fromSeconds: number, seconds: number): Float32Array {
  const first = Math.round(fromSeconds * SAMPLE_RATE_HZ);
  return Float32Array.from(
    { length: Math.round(seconds * SAMPLE_RATE_HZ) },
    (_, position) => speech[(first + position) % speech.length] ?? 0,
  );
}
