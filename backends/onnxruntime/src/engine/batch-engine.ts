import { BackendError } from '@voice-transcriber/backend-sdk';
import { countHypotheses, readDecodingOptions } from '../decoding/decoding-options.js';
import type { SlotInput, SlotOutput } from './decoder-session.js';
import type { ModelSessions } from './model-sessions.js';
import { toBackendError } from './inference-error.js';
import { isDigitalSilence } from './digital-silence.js';
import { EncodeAhead, type UpcomingWindow } from './encode-ahead.js';
import { audioFrames } from './encoder-input.js';
import { WindowDecoder } from './window-decoder.js';
import { WindowQueue, type WindowTask } from './window-queue.js';
import { createHeardWindow, type HeardWindow } from './window-result.js';

/** With fewer windows inside and another one about to come, a step waits for it: reading the weights costs the same for one window or eight. */
const STEP_WINDOWS_MIN = 8;

interface RunningWindow {
  readonly task: WindowTask;
  readonly decoder: WindowDecoder;
  /** In the order of the decoder's texts. */
  slots: readonly Slot[];
  /** Its share of the wall time so far. */
  inferenceSeconds: number;
}

/** One of the texts that a window follows. */
interface Slot {
  readonly window: RunningWindow;
}

/**
 * Decodes many windows at once, a token of each per step.
 *
 * Slots are independent: each has its own position, and one that is done takes the next waiting window at once, of whichever request. Reading the weights
 * is most of a step's cost and the same for one slot or eight. A window that follows several texts takes a slot for each of them. The next windows are
 * encoded meanwhile, in another thread. The engine runs while there is work and yields to the event loop between steps; a cancelled request leaves its slots at
 * the next step.
 */
export class BatchEngine {
  readonly #sessions: ModelSessions;
  readonly #slotsMax: number;
  readonly #queue = new WindowQueue();
  readonly #ahead: EncodeAhead;
  readonly #cancelled = new Set<object>();
  readonly #windows = new Set<RunningWindow>();
  #slots: Slot[] = [];
  #running: Promise<void> | undefined;
  /** Until when the wall time is shared out. */
  #sharedUntilMs = 0;

  constructor(sessions: ModelSessions, slotsMax: number) {
    this.#sessions = sessions;
    this.#slotsMax = slotsMax;
    this.#ahead = new EncodeAhead(sessions.encoder);
  }

  /** Decodes a window as soon as there is a slot. Rejects with a BackendError. */
  submit(task: Omit<WindowTask, 'resolve' | 'reject'>): Promise<HeardWindow> {
    return new Promise((resolve, reject) => {
      this.#queue.add({ ...task, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Gives up a request: what waits is dropped now, what runs at the next step. Its promises stay open, nobody listens any more. */
  cancel(request: object): void {
    this.#queue.remove(request);
    const inside = [...this.#windows, ...this.#ahead.windows];
    if (inside.some(({ task }) => task.request === request)) this.#cancelled.add(request);
  }

  /** Ends all work with `cancelled` and resolves when nothing runs any more, which is after the current call into the library. */
  async close(): Promise<void> {
    const error = new BackendError('cancelled', 'The model was unloaded.', { retry: 'here' });
    for (const task of this.#queue.takeAll()) task.reject(error);
    for (const { task } of [...this.#windows, ...this.#ahead.windows]) {
      task.reject(error);
      this.#cancelled.add(task.request);
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    // The submitting call returns first, so that a request's windows are all in the queue.
    await Promise.resolve();
    this.#sharedUntilMs = performance.now();
    while (this.#windows.size > 0 || !this.#ahead.isEmpty || !this.#queue.isEmpty) {
      try {
        this.#dropCancelled();
        this.#encodeAhead();
        await this.#fillSlots();
        if (this.#isWorthAStep()) await this.#step();
        else await this.#ahead.untilReady();
      } catch (error) {
        this.#failAll(error);
      }
      this.#shareTime();
    }
    this.#sessions.memory.reset();
    this.#running = undefined;
  }

  #encodeAhead(): void {
    while (!this.#ahead.isFull) {
      const task = this.#queue.take();
      if (task === undefined) return;
      if (isDigitalSilence(task.window.samples)) task.resolve({ words: [], inferenceSeconds: 0 });
      else this.#ahead.add(task);
    }
  }

  async #fillSlots(): Promise<void> {
    for (let next = this.#ahead.ready; next !== undefined && this.#hasRoomFor(next.task); next = this.#ahead.ready) {
      await this.#startWindow(next);
      this.#encodeAhead();
    }
  }

  #isWorthAStep(): boolean {
    const waitsForRoom = this.#ahead.ready !== undefined;
    return this.#windows.size > 0 && (this.#ahead.isEmpty || waitsForRoom || this.#windows.size >= STEP_WINDOWS_MIN);
  }

  /** Time counts for all windows that are inside alike: what one took cannot be told when others share the step and the cores. */
  #shareTime(): void {
    const now = performance.now();
    const inside = [...this.#windows, ...this.#ahead.windows];
    for (const window of inside) window.inferenceSeconds += (now - this.#sharedUntilMs) / 1000 / inside.length;
    this.#sharedUntilMs = now;
  }

  /** A window keeps room for all texts that it will follow; one that needs more than there is waits until it is alone. */
  #hasRoomFor({ options }: WindowTask): boolean {
    if (this.#windows.size === 0) return true;
    const taken = [...this.#windows].reduce((sum, { decoder }) => sum + decoder.slotsMax, 0);
    return taken + countHypotheses(readDecodingOptions(options)) <= this.#slotsMax;
  }

  async #startWindow({ task, inferenceSeconds }: UpcomingWindow): Promise<void> {
    const { vocabulary, tokenRules, memory } = this.#sessions;
    const position = this.#slots.length;
    try {
      this.#ahead.take((encoded) => memory.fill(position, encoded));
    } catch (error) {
      // It was alone in the encoder: the others inside are sound.
      task.reject(toBackendError(error));
      return;
    }
    const frames = audioFrames(task.window.samples.length);
    const decoder = new WindowDecoder({ vocabulary, tokenRules, options: task.options, frames });
    const window: RunningWindow = { task, decoder, slots: [], inferenceSeconds };
    this.#windows.add(window);
    window.slots = [this.#enter(window)];
    if (decoder.prefill.length > 0) {
      decoder.advancePrefilled(await this.#sessions.decoder.prefill(position, decoder.prefill));
    }
  }

  async #step(): Promise<void> {
    const windows = [...this.#windows];
    const inputs = new Map<Slot, SlotInput>();
    for (const window of windows) {
      window.decoder.inputs.forEach((input, index) => inputs.set(window.slots[index] as Slot, input));
    }
    const slots = [...this.#slots];
    const outputs = await this.#sessions.decoder.step(
      slots.map((slot) => inputs.get(slot) as SlotInput),
      { wantLogits: windows.some(({ decoder }) => decoder.wantsLogits) },
    );
    const outputOf = new Map(slots.map((slot, position) => [slot, outputs[position] as SlotOutput]));
    const finished = windows.filter((window) => {
      const sources = window.decoder.advance(window.slots.map((slot) => outputOf.get(slot) as SlotOutput));
      this.#continueSlots(window, sources);
      return sources.length === 0;
    });
    this.#shareTime();
    for (const window of finished) this.#finish(window);
  }

  /** Makes a window's slots hold what its next texts continue: copies, then leaves those that are not needed any more. */
  #continueSlots(window: RunningWindow, sources: readonly number[]): void {
    const before = window.slots;
    const positionOf = (slot: Slot): number => this.#slots.indexOf(slot);
    window.slots = sources.map((source, index) => {
      const slot = before[index] ?? this.#enter(window);
      this.#sessions.memory.copy(positionOf(before[source] as Slot), positionOf(slot));
      return slot;
    });
    for (const slot of before.slice(sources.length)) this.#leave(slot);
  }

  #enter(window: RunningWindow): Slot {
    const slot = { window };
    this.#slots.push(slot);
    return slot;
  }

  #finish(window: RunningWindow): void {
    const startedMs = performance.now();
    const { task, decoder } = window;
    this.#windows.delete(window);
    const heard = createHeardWindow(task.window, decoder.result(), {
      options: task.options,
      tokenizer: this.#sessions.vocabulary.tokenizer,
      inferenceSeconds: window.inferenceSeconds,
    });
    const inferenceSeconds = window.inferenceSeconds + (performance.now() - startedMs) / 1000;
    task.resolve({ ...heard, inferenceSeconds });
  }

  /** Slots stay dense, so that a step works on the first n: the last one moves into the gap. */
  #leave(slot: Slot): void {
    const position = this.#slots.indexOf(slot);
    const last = this.#slots.length - 1;
    if (position < 0) return;
    this.#sessions.memory.copy(last, position);
    this.#slots[position] = this.#slots[last] as Slot;
    this.#slots.length = last;
  }

  #dropCancelled(): void {
    if (this.#cancelled.size === 0) return;
    this.#ahead.drop(({ request }) => this.#cancelled.has(request));
    for (const window of [...this.#windows].filter(({ task }) => this.#cancelled.has(task.request))) {
      this.#windows.delete(window);
      for (const slot of window.slots) this.#leave(slot);
    }
    this.#cancelled.clear();
  }

  /** The native library failed: nobody can tell which window it was, so all that run are given back. */
  #failAll(cause: unknown): void {
    const error = toBackendError(cause);
    const tasks = [...this.#windows].map(({ task }) => task);
    const upcoming = this.#ahead.drop(() => true);
    this.#windows.clear();
    this.#slots = [];
    for (const task of [...tasks, ...upcoming, ...this.#queue.takeAll()]) task.reject(error);
  }
}
