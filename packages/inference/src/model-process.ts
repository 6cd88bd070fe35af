import {
  BackendError,
  type Capabilities,
  type Device,
  type LoadOptions,
  type ModelFiles,
} from '@voice-transcriber/backend-sdk';
import { joinSamples, violated } from './frames.js';
import type { HostLogger } from './host-logger.js';
import { InferenceProcess } from './inference-process.js';
import { watchMemory, type MemoryWatch } from './memory-watch.js';
import type { ChildMessage } from './messages.js';
import { UnitTable, type UnitOptions } from './unit-table.js';

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
  /** Called once, before the units inside are told. */
  readonly onEnd?: (error: BackendError, end: ProcessEnd) => void;
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
  readonly #units = new UnitTable();
  readonly #batchSizeMax: number;
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
    const { profileDirectory, onEnd } = options;
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
          `The inference process held ${toMebibytes(memoryBytes)} MiB, more than the ${toMebibytes(memoryBytesMax)} MiB planned for this model, and was ended.`,
          { retry: 'here', details: { memoryBytes, memoryBytesMax } },
        ),
      ),
    );
    void this.#process.ended.then((error) => {
      this.#watch.stop();
      this.#end = { windowsInside: this.#units.windowsInside, isIntended: this.#isIntendedEnd };
      onEnd?.(error, this.#end);
      this.#loading?.reject(error);
      this.#units.failAll(error);
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
    const { id, finished } = this.#units.add(options);
    return { finished: this.#follow(id, finished, options), cancel: () => this.#cancel(id) };
  }

  async #follow(id: number, finished: Promise<void>, { windows, options, secondsMax }: UnitOptions): Promise<void> {
    const deadline = setTimeout(
      () => this.#process.kill(hung('a window', secondsMax)),
      Math.min(secondsMax * 1000, 2 ** 31 - 1),
    );
    if (this.#process.hasEnded) void this.#process.ended.then((error) => this.#units.fail(id, error));
    const shapes = windows.map(({ samples, ...place }) => ({ ...place, sampleCount: samples.length }));
    this.#process.send({ type: 'transcribe', id, options, windows: shapes }, joinSamples(windows));
    try {
      await finished;
    } finally {
      clearTimeout(deadline);
      this.#units.remove(id);
    }
  }

  #cancel(id: number): void {
    if (!this.#units.cancel(id)) return;
    const reason = new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
    if (this.capabilities.cancellation === 'process') {
      this.kill(reason);
      return;
    }
    this.#process.send({ type: 'cancel', id });
    const timer = setTimeout(() => {
      if (this.#units.has(id)) this.kill(reason);
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
        else this.#units.fail(message.id, message.error);
        return;
      case 'part':
        this.#units.take(message.id, message.part);
        return;
      case 'done':
        this.#units.finish(message.id);
        return;
      case 'probed':
        throw violated('an answer to no question');
    }
  }
}

function hung(what: string, secondsMax: number): BackendError {
  return new BackendError(
    'process-hung',
    `The inference process did not finish ${what} within ${Math.round(secondsMax)} s and was ended.`,
    { retry: 'here', details: { secondsMax } },
  );
}

function toMebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function limitBatch(capabilities: Capabilities, batchSizeMax: number): Capabilities {
  const { batchSize, concurrency } = capabilities;
  return {
    ...capabilities,
    batchSize: Math.min(batchSize, batchSizeMax),
    concurrency: Math.min(concurrency, batchSizeMax),
  };
}
