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
}

export interface UnitOptions {
  readonly windows: readonly AudioWindow[];
  readonly options: TranscribeOptions;
  /** Wall seconds until the process counts as hung. */
  readonly secondsMax: number;
  readonly onPart: (part: TranscriptPart) => void;
}

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: BackendError) => void;
}

/** A loaded model in a process of its own, which works on one unit of windows at a time. Every failure is a BackendError. */
export class ModelProcess {
  readonly #process: InferenceProcess;
  readonly #watch: MemoryWatch;
  #capabilities: Capabilities | undefined;
  #device: Device;
  #loading: Waiting<void> | undefined;
  #unit: (Waiting<void> & { readonly id: number; readonly options: UnitOptions; expected: number[] }) | undefined;
  #nextId = 1;

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

  private constructor({ moduleUrl, logger, memoryBytesMax, load }: ModelProcessOptions) {
    this.#device = load.device;
    this.#process = new InferenceProcess({ moduleUrl, logger, onMessage: (message) => this.#handle(message) });
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
      this.#loading?.reject(error);
      this.#unit?.reject(error);
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

  /** Turns the unit's windows into parts: exactly one `window-final` for each, in order. Throws BackendError. */
  async transcribe(options: UnitOptions): Promise<void> {
    const id = this.#nextId++;
    const { windows, secondsMax } = options;
    const deadline = setTimeout(
      () => this.#process.kill(hung('a window', secondsMax)),
      Math.min(secondsMax * 1000, 2 ** 31 - 1),
    );
    try {
      await new Promise<void>((resolve, reject) => {
        this.#unit = { id, options, resolve, reject, expected: windows.map(({ index }) => index) };
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
      this.#unit = undefined;
    }
  }

  /** Stops the running unit in the way that its backend can; it then rejects with `cancelled`. */
  cancel(): void {
    const unit = this.#unit;
    if (unit === undefined) return;
    const reason = new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
    if (this.capabilities.cancellation === 'process') {
      this.#process.kill(reason);
      return;
    }
    this.#process.send({ type: 'cancel', id: unit.id });
    const timer = setTimeout(() => {
      if (this.#unit === unit) this.#process.kill(reason);
    }, CANCEL_MILLISECONDS_MAX);
    timer.unref();
  }

  /** Ends the process at once; a running unit rejects with the given reason. */
  kill(reason: BackendError): void {
    this.#process.kill(reason);
  }

  async dispose(): Promise<void> {
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
        this.#capabilities = message.capabilities;
        this.#device = message.device;
        this.#loading?.resolve();
        return;
      case 'failed':
        if (message.id === undefined) this.#loading?.reject(message.error);
        else if (message.id === this.#unit?.id) this.#unit.reject(message.error);
        return;
      case 'part':
        if (message.id === this.#unit?.id) this.#takePart(message.part);
        return;
      case 'done':
        if (message.id !== this.#unit?.id) return;
        if (this.#unit.expected.length > 0) throw violated('an end before the last window');
        this.#unit.resolve();
        return;
      case 'probed':
        throw violated('an answer to no question');
    }
  }

  #takePart(part: TranscriptPart): void {
    const unit = this.#unit;
    if (unit === undefined) return;
    if (part.type === 'window-final') {
      if (unit.expected.shift() !== part.result.index) throw violated('a window twice or out of order');
    }
    unit.options.onPart(part);
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
