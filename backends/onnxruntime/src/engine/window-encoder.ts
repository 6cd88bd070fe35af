import { Worker } from 'node:worker_threads';
import { BackendError } from '@voice-transcriber/backend-sdk';
import type { HyperParameters } from '../checkpoint/hyper-parameters.js';
import { encodedBytesMax, viewEncoded, type EncodedWindow } from './encoded-window.js';
import type { EncoderOrder, FromEncoder, ToEncoder } from './encoder-messages.js';
import { toBackendError } from './inference-error.js';

interface Waiting {
  readonly resolve: (message: FromEncoder & { type: 'ready' | 'encoded' }) => void;
  readonly reject: (error: BackendError) => void;
}

/** The encoder, in a thread of its own. */
export class WindowEncoder {
  readonly #worker: Worker;
  readonly #shape: HyperParameters;
  readonly #order: EncoderOrder;
  readonly #waiting: Waiting[] = [];
  readonly #buffers: ArrayBuffer[] = [];
  readonly #ended: Promise<void>;
  #failure: BackendError | undefined;

  /** Loads the encoder. Throws a BackendError. */
  static async start(order: EncoderOrder, shape: HyperParameters): Promise<WindowEncoder> {
    const encoder = new WindowEncoder(order, shape);
    try {
      await encoder.#next();
      return encoder;
    } catch (error) {
      await encoder.#worker.terminate();
      throw error;
    }
  }

  private constructor(order: EncoderOrder, shape: HyperParameters) {
    this.#order = order;
    this.#shape = shape;
    this.#worker = new Worker(new URL('./encoder-thread.js', import.meta.url), { workerData: order });
    this.#worker.on('message', (message: FromEncoder) => this.#take(message));
    this.#worker.on('error', (error) => this.#failAll(toBackendError(error)));
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#failAll(new BackendError('inference-failed', 'The encoder ended.', { retry: 'elsewhere' }));
        resolve();
      });
    });
  }

  /**
   * Encodes samples (16 kHz, at most 30 s), one window after the other in the order of the calls. What `use` is given is valid until it returns. Rejects with a
   * BackendError.
   */
  async encode(samples: Float32Array): Promise<{ use<T>(take: (encoded: EncodedWindow) => T): T; discard(): void }> {
    const { arithmetic } = this.#order;
    const buffer = this.#buffers.pop() ?? new ArrayBuffer(encodedBytesMax(this.#shape, arithmetic));
    const answer = this.#next();
    this.#send({ type: 'encode', samples, buffer }, [buffer]);
    const message = await answer;
    if (message.type !== 'encoded') throw new Error('The encoder answered what it was not asked.');
    const discard = (): void => void this.#buffers.push(message.buffer);
    return {
      use: (take) => {
        const { frames } = message;
        const taken = take(viewEncoded(message.buffer, { shape: this.#shape, arithmetic, frames }));
        discard();
        return taken;
      },
      discard,
    };
  }

  /** After the current window. Idempotent. */
  async close(): Promise<void> {
    this.#send({ type: 'close' });
    await this.#ended;
  }

  #send(message: ToEncoder, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #next(): Promise<FromEncoder & { type: 'ready' | 'encoded' }> {
    return new Promise((resolve, reject) => {
      if (this.#failure === undefined) this.#waiting.push({ resolve, reject });
      else reject(this.#failure);
    });
  }

  #take(message: FromEncoder): void {
    const waiting = this.#waiting.shift();
    if (message.type !== 'failed') {
      waiting?.resolve(message);
      return;
    }
    if (message.buffer !== undefined) this.#buffers.push(message.buffer);
    waiting?.reject(BackendError.fromJSON(message.error));
  }

  #failAll(error: BackendError): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
