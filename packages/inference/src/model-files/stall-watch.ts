import { ModelStoreError } from './model-store-error.js';

/** A server that sends less than this gets nowhere: the largest model would take a month. */
const BYTES_PER_SECOND_MIN = 1024;

/**
 * Ends a request whose server does not answer or stops sending. Its own timers, and a plain controller that it holds: combined and timed
 * signals may be collected before they fire on Node 20.
 */
export class StallWatch {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #stallSecondsMax: number;
  #timer: NodeJS.Timeout;
  #bytes = 0;

  constructor(options: {
    readonly signal: AbortSignal;
    readonly answerSecondsMax: number;
    readonly stallSecondsMax: number;
  }) {
    this.#outer = options.signal;
    this.#stallSecondsMax = options.stallSecondsMax;
    this.#outer.addEventListener('abort', this.#abort, { once: true });
    if (this.#outer.aborted) this.#abort();
    this.#timer = setTimeout(
      () => this.#controller.abort(stalled(`did not answer for ${options.answerSecondsMax} s`)),
      options.answerSecondsMax * 1000,
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The head of the answer is there: from now on bytes have to come. */
  answered(): void {
    clearTimeout(this.#timer);
    this.#timer = setInterval(() => {
      const enough = this.#bytes >= this.#stallSecondsMax * BYTES_PER_SECOND_MIN;
      this.#bytes = 0;
      if (!enough) this.#controller.abort(stalled(`sent next to nothing for ${this.#stallSecondsMax} s`));
    }, this.#stallSecondsMax * 1000);
  }

  received(bytes: number): void {
    this.#bytes += bytes;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#controller.abort(this.#outer.reason);
}

function stalled(how: string): ModelStoreError {
  return new ModelStoreError(
    'download-stalled',
    `The model mirror ${how}. Pull the model again to go on where it stopped, or set MODEL_MIRROR to another one.`,
    { retry: 'later' },
  );
}
