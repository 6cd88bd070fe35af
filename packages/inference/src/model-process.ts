import {
  BackendError,
  type AudioWindow,
  type Capabilities,
  type Device,
  type LoadOptions,
  type ModelFiles,
  type TranscribeOptions,
  type TranscriptPart,
} from '@voice-transcriber/backend-sdk';
import { violated } from './frames.js';
import type { HostLogger } from './host-logger.js';
import { InferenceProcess } from './inference-process.js';
import { watchMemory, type MemoryWatch } from './memory-watch.js';
import type { ChildMessage } from './messages.js';

/** How long a cooperative backend may take to notice a cancellation before its process is ended. */
const CANCEL_MILLISECONDS_MAX = 800;

export interface ModelProcessOptions {
  readonly moduleUrl: string;
  readonly files: ModelFiles;
  readonly load: LoadOptions;
  readonly logger: HostLogger;
  /** Resident bytes beyond which the process is ended. */
  readonly memoryBytesMax: number;
  readonly loadSecondsMax: number;
  /** Fewer windows at once than the backend could take. */
  readonly batchSizeMax?: number | undefined;
  readonly profileDirectory?: string | undefined;
}

export interface UnitOptions {
  readonly windows: readonly AudioWindow[];
  readonly options: TranscribeOptions;
  /** Wall seconds until the process counts as hung. */
  readonly secondsMax: number;
  readonly onPart: (part: TranscriptPart) => void;
}

/** Windows that are inside. */
export interface RunningUnit {
  /** Rejects with a BackendError. */
  readonly finished: Promise<void>;
  /** Stops them in the way that the backend can; `finished` then rejects with `cancelled`. Idempotent. */
  cancel(): void;
}

/** How a process ended. */
export interface ProcessEnd {
  /** Windows that were inside and had no result. */
  readonly windowsInside: number;
  /** The host wanted it: no window is to blame. */
  readonly isIntended: boolean;
}

interface Unit extends Waiting<void> {
  readonly options: UnitOptions;
  /** Indexes of the windows without a result, in the order in which they must come. */
  readonly expected: number[];
  isCancelled: boolean;
}

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: BackendError) => void;
}

/** A loaded model in a process of its own, which works on as many units of windows at once as it is given. Every failure is a BackendError. */
export class ModelProcess {
  readonly #process: InferenceProcess;
  readonly #watch: MemoryWatch;
  #capabilities: Capabilities | undefined;
  #device: Device;
  #loading: Waiting<void> | undefined;
  readonly #units = new Map<number, Unit>();
  readonly #batchSizeMax: number;
  #nextId = 1;
  #end: ProcessEnd | undefined;
  #isIntendedEnd = false;

  /** Starts the process and loads the model into it. Throws BackendError. */
  static async start(options: ModelProcessOptions): Promise<ModelProcess> {
    const model = new ModelProcess(options);
    try {
      await model.#load(options);
      return model;
    } catch (error) {
      await model.dispose();
      throw error;
    }
  }

  private constructor({ moduleUrl, logger, memoryBytesMax, load, ...options }: ModelProcessOptions) {
    const { profileDirectory } = options;
    this.#device = load.device;
    this.#batchSizeMax = options.batchSizeMax ?? Infinity;
    this.#process = new InferenceProcess({
      moduleUrl,
      logger,
      profileDirectory,
      onMessage: (message) => this.#handle(message),
    });
    this.#watch = watchMemory(this.pid, memoryBytesMax, (memoryBytes) =>
      this.#process.kill(
        new BackendError(
          'out-of-memory',
          `The inference process held ${toMegabytes(memoryBytes)} MB, more than the ${toMegabytes(memoryBytesMax)} MB planned for this model, and was ended.`,
          { retry: 'here', details: { memoryBytes, memoryBytesMax } },
        ),
      ),
    );
    void this.#process.ended.then((error) => {
      this.#watch.stop();
      const windowsInside = [...this.#units.values()].reduce((total, { expected }) => total + expected.length, 0);
      this.#end = { windowsInside, isIntended: this.#isIntendedEnd };
      this.#loading?.reject(error);
      for (const unit of this.#units.values()) unit.reject(error);
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get memoryBytes(): number {
    return this.#watch.memoryBytes;
  }

  get hasEnded(): boolean {
    return this.#process.hasEnded;
  }

  get device(): Device {
    return this.#device;
  }

  get capabilities(): Capabilities {
    if (this.#capabilities === undefined) throw new Error('The model is not loaded yet.');
    return this.#capabilities;
  }

  /** Known before the units inside are told. */
  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  /** Turns the unit's windows into parts: exactly one `window-final` for each, in order. */
  transcribe(options: UnitOptions): RunningUnit {
    const id = this.#nextId++;
    return { finished: this.#run(id, options), cancel: () => this.#cancel(id) };
  }

  async #run(id: number, options: UnitOptions): Promise<void> {
    const { windows, secondsMax } = options;
    const deadline = setTimeout(
      () => this.#process.kill(hung('a window', secondsMax)),
      Math.min(secondsMax * 1000, 2 ** 31 - 1),
    );
    try {
      await new Promise<void>((resolve, reject) => {
        const expected = windows.map(({ index }) => index);
        this.#units.set(id, { options, resolve, reject, expected, isCancelled: false });
        if (this.#process.hasEnded) void this.#process.ended.then(reject);
        const shapes = windows.map(({ index, startSeconds, samples }) => ({
          index,
          startSeconds,
          sampleCount: samples.length,
        }));
        this.#process.send({ type: 'transcribe', id, options: options.options, windows: shapes }, joinSamples(windows));
      });
    } finally {
      clearTimeout(deadline);
      this.#units.delete(id);
    }
  }

  #cancel(id: number): void {
    const unit = this.#units.get(id);
    if (unit === undefined || unit.isCancelled) return;
    unit.isCancelled = true;
    const reason = new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
    if (this.capabilities.cancellation === 'process') {
      this.kill(reason);
      return;
    }
    this.#process.send({ type: 'cancel', id });
    const timer = setTimeout(() => {
      if (this.#units.get(id) === unit) this.kill(reason);
    }, CANCEL_MILLISECONDS_MAX);
    timer.unref();
  }

  /** Ends the process at once; what is inside rejects with the given reason, and nobody is to blame. */
  kill(reason: BackendError): void {
    this.#isIntendedEnd = true;
    this.#process.kill(reason);
  }

  async dispose(): Promise<void> {
    this.#isIntendedEnd = !this.#process.hasEnded;
    await this.#process.dispose();
  }

  async #load({ files, load, loadSecondsMax }: ModelProcessOptions): Promise<void> {
    const deadline = setTimeout(
      () => this.#process.kill(hung('loading the model', loadSecondsMax)),
      loadSecondsMax * 1000,
    );
    try {
      await new Promise<void>((resolve, reject) => {
        this.#loading = { resolve, reject };
        if (this.#process.hasEnded) void this.#process.ended.then(reject);
        this.#process.send({ type: 'load', files, options: load });
      });
    } finally {
      clearTimeout(deadline);
      this.#loading = undefined;
    }
  }

  #handle(message: ChildMessage): void {
    switch (message.type) {
      case 'loaded':
        this.#capabilities = limitBatch(message.capabilities, this.#batchSizeMax);
        this.#device = message.device;
        this.#loading?.resolve();
        return;
      case 'failed':
        if (message.id === undefined) this.#loading?.reject(message.error);
        else this.#units.get(message.id)?.reject(message.error);
        return;
      case 'part':
        this.#takePart(message.id, message.part);
        return;
      case 'done':
        this.#finishUnit(message.id);
        return;
      case 'probed':
        throw violated('an answer to no question');
    }
  }

  /** What a cancelled unit still says is of no interest. */
  #takePart(id: number, part: TranscriptPart): void {
    const unit = this.#units.get(id);
    if (unit === undefined || unit.isCancelled) return;
    if (part.type === 'window-final') {
      if (unit.expected.shift() !== part.result.index) throw violated('a window twice or out of order');
    }
    unit.options.onPart(part);
  }

  #finishUnit(id: number): void {
    const unit = this.#units.get(id);
    if (unit === undefined) return;
    if (unit.expected.length > 0 && !unit.isCancelled) throw violated('an end before the last window');
    unit.resolve();
  }
}

function hung(what: string, secondsMax: number): BackendError {
  return new BackendError(
    'process-hung',
    `The inference process did not finish ${what} within ${Math.round(secondsMax)} s and was ended.`,
    { retry: 'here', details: { secondsMax } },
  );
}

function joinSamples(windows: readonly AudioWindow[]): Uint8Array {
  const joined = new Float32Array(windows.reduce((total, { samples }) => total + samples.length, 0));
  let at = 0;
  for (const { samples } of windows) {
    joined.set(samples, at);
    at += samples.length;
  }
  return new Uint8Array(joined.buffer);
}

function toMegabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}

function limitBatch(capabilities: Capabilities, batchSizeMax: number): Capabilities {
  const { batchSize, concurrency } = capabilities;
  return {
    ...capabilities,
    batchSize: Math.min(batchSize, batchSizeMax),
    concurrency: Math.min(concurrency, batchSizeMax),
  };
}
