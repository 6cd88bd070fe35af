/** What is to be measured. Empty lists mean: what this machine offers (backends, devices) or uses by default (models, threads). */
export interface BenchmarkOrder {
  readonly backends: readonly string[];
  /** Names as in the model store. */
  readonly models: readonly string[];
  /** Ids (`cuda:0`) or kinds (`cuda`). */
  readonly devices: readonly string[];
  readonly threads: readonly number[];
  /** Windows that the model may work on at once; null = as many as its backend uses well. */
  readonly batches: readonly (number | null)[];
  /** Folder with recordings and their references; null = the bundled clips. */
  readonly audioDirectory: string | null;
  /** ISO 639-1, for recordings of which no catalogue tells it; null = as the model hears it. */
  readonly language: string | null;
  readonly prompt: string | null;
  /** Measured runs over the whole set, per cell of the matrix. */
  readonly iterations: number;
  /** Runs before them that are not measured. */
  readonly warmups: number;
  /** Goes on until the last `iterations` runs vary by less than this share of their mean; null = always `iterations`. */
  readonly variationMax: number | null;
  /** The most runs of a cell that does not become stable. */
  readonly iterationsMax: number;
  /** One more run per cell under a profiler. */
  readonly profile: boolean;
  /** Runs although transcriptions are at work. */
  readonly force: boolean;
}

export const ORDER_DEFAULTS: BenchmarkOrder = {
  backends: [],
  models: [],
  devices: [],
  threads: [],
  batches: [],
  audioDirectory: null,
  language: null,
  prompt: null,
  iterations: 5,
  warmups: 1,
  variationMax: null,
  iterationsMax: 30,
  profile: false,
  force: false,
};

/** One combination of the matrix. */
export interface BenchmarkCell {
  readonly backend: string;
  readonly model: string;
  readonly device: string;
  readonly threads: number;
  readonly batch: number | null;
}

/** One measured run over the whole audio set. */
export interface BenchmarkIteration {
  readonly durationSeconds: number;
  /** Processor time of the whole process tree: this program and the inference process. */
  readonly cpuSeconds: number;
  /** Processor time that other programs of the machine or container took meanwhile: above a few percent of the cores the figures are disturbed. */
  readonly otherCpuSeconds: number;
  /** Resident bytes of the inference process and its descendants. */
  readonly memoryBytesPeak: number;
  readonly memoryBytesAverage: number;
  /** The same with this program, which holds the decoded audio. */
  readonly treeMemoryBytesPeak: number;
  /** From handing in the set to the first window that came back. */
  readonly firstWindowSeconds: number;
}

/** What was heard in one recording, compared with what was said. */
export interface BenchmarkClipResult {
  readonly name: string;
  readonly text: string;
  readonly language: string | null;
  /** Null without a reference. */
  readonly words: BenchmarkErrors | null;
  readonly characters: BenchmarkErrors | null;
}

export interface BenchmarkErrors {
  readonly errors: number;
  /** Length of the reference after normalisation. */
  readonly length: number;
}

export interface BenchmarkProblem {
  readonly code: string;
  readonly message: string;
}

/** A function, or a native part, in which processor time went. */
export interface ProfiledFunction {
  readonly process: 'inference' | 'host';
  readonly name: string;
  /** File and line; empty for native parts. */
  readonly place: string;
  readonly selfSeconds: number;
  /** With everything that it called. */
  readonly totalSeconds: number;
}

export const RESULT_STATES = ['completed', 'failed', 'cancelled'] as const;
export type BenchmarkResultState = (typeof RESULT_STATES)[number];

export interface BenchmarkResult extends BenchmarkCell {
  readonly state: BenchmarkResultState;
  readonly error: BenchmarkProblem | null;
  /** From starting the process to a model that takes windows, its checksum not counted. */
  readonly loadSeconds: number | null;
  /** Seconds of audio that each iteration went through. */
  readonly audioSeconds: number;
  readonly iterations: readonly BenchmarkIteration[];
  /** Whether the last iterations varied little enough; null when that was not asked for. */
  readonly stable: boolean | null;
  /** Of the last iteration. */
  readonly clips: readonly BenchmarkClipResult[];
  /** Recordings whose text was not the same in every iteration. */
  readonly unsteadyClips: readonly string[];
  /** Recordings in a language that the model does not know. */
  readonly skippedClips: readonly string[];
  readonly profile: readonly ProfiledFunction[] | null;
}

export interface MachineFacts {
  readonly host: string;
  readonly processor: string;
  /** Whole cores that may be used here, limits of the container counted. */
  readonly cores: number;
  readonly coresMachine: number;
  readonly instructionSets: readonly string[];
  readonly memoryBytesTotal: number;
  readonly graphics: readonly string[];
  readonly system: string;
  readonly node: string;
  readonly product: string;
  readonly backends: readonly BackendFact[];
}

export interface BackendFact {
  readonly name: string;
  /** Null when the backend is not available. */
  readonly version: string | null;
  readonly facts: Readonly<Record<string, string>>;
}

export interface BenchmarkClip {
  readonly name: string;
  readonly audioSeconds: number;
  /** What is left of it after voice activity detection. */
  readonly speechSeconds: number;
  readonly windows: number;
  readonly language: string | null;
  readonly reference: string | null;
}

/** The recordings of a run. Decoding and planning them happens once and is no part of any measured time. */
export interface BenchmarkAudio {
  readonly clips: readonly BenchmarkClip[];
  readonly audioSeconds: number;
  readonly prepareSeconds: number;
  /** Recordings that were left out, and why. */
  readonly problems: readonly string[];
}

export const RUN_STATES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;
export type BenchmarkRunState = (typeof RUN_STATES)[number];

/** A run with everything that was measured: what reports are made from. */
export interface BenchmarkRun {
  readonly id: string;
  readonly state: BenchmarkRunState;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly order: BenchmarkOrder;
  readonly machine: MachineFacts | null;
  readonly audio: BenchmarkAudio | null;
  readonly error: BenchmarkProblem | null;
  readonly results: readonly BenchmarkResult[];
}

/** How far a run is. */
export interface BenchmarkProgress {
  readonly cellsDone: number;
  readonly cellsTotal: number;
  /** What is being done, for a person. */
  readonly doing: string;
  /** 0..1 */
  readonly fraction: number;
  /** Undefined until something was measured. */
  readonly etaSeconds?: number;
}
