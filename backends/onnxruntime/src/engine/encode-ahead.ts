import type { EncodedWindow } from './encoded-window.js';
import type { WindowEncoder } from './window-encoder.js';
import type { WindowTask } from './window-queue.js';

/** One is encoded while another waits for a slot. */
const AHEAD_MAX = 2;

type Outcome = Awaited<ReturnType<WindowEncoder['encode']>> | { readonly error: unknown };

/** A window that is being encoded, or encoded and waiting for room. */
export interface UpcomingWindow {
  readonly task: WindowTask;
  /** Its share of the wall time so far. */
  inferenceSeconds: number;
}

interface Entry extends UpcomingWindow {
  outcome: Outcome | undefined;
  readonly settled: Promise<void>;
}

/** Windows on their way into the decoder, in order: encoded ahead, so that a slot that falls free is filled at once. */
export class EncodeAhead {
  readonly #encoder: Pick<WindowEncoder, 'encode'>;
  #entries: Entry[] = [];

  constructor(encoder: Pick<WindowEncoder, 'encode'>) {
    this.#encoder = encoder;
  }

  get windows(): readonly UpcomingWindow[] {
    return this.#entries;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get isFull(): boolean {
    return this.#entries.length >= AHEAD_MAX;
  }

  /** The first window, if it is encoded or has failed. */
  get ready(): UpcomingWindow | undefined {
    return this.#entries[0]?.outcome === undefined ? undefined : this.#entries[0];
  }

  add(task: WindowTask): void {
    const encoding = this.#encoder.encode(task.window.samples);
    const entry: Entry = {
      task,
      inferenceSeconds: 0,
      outcome: undefined,
      settled: encoding.then(
        (outcome) => void (entry.outcome = outcome),
        (error: unknown) => void (entry.outcome = { error }),
      ),
    };
    this.#entries.push(entry);
  }

  /** Takes the ready window out; `use` gets what the encoder made of it. Throws what the encoder threw. */
  take(use: (encoded: EncodedWindow) => void): void {
    const { outcome } = this.#entries.shift() ?? {};
    if (outcome === undefined) throw new Error('No window is ready.');
    if ('error' in outcome) throw outcome.error;
    outcome.use(use);
  }

  /** Resolves when the first window is ready; at once when there is none. */
  async untilReady(): Promise<void> {
    await this.#entries[0]?.settled;
  }

  /** Drops windows; what the encoder makes of them is thrown away. Gives their tasks. */
  drop(isUnwanted: (task: WindowTask) => boolean): readonly WindowTask[] {
    const dropped = this.#entries.filter(({ task }) => isUnwanted(task));
    this.#entries = this.#entries.filter(({ task }) => !isUnwanted(task));
    for (const entry of dropped) {
      void entry.settled.then(() => {
        if (entry.outcome !== undefined && 'discard' in entry.outcome) entry.outcome.discard();
      });
    }
    return dropped.map(({ task }) => task);
  }
}
