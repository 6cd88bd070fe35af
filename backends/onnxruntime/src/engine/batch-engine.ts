import { BackendError, type WindowResult } from '@voice-transcriber/backend-sdk';
import type { ModelSessions } from './model-sessions.js';
import { toBackendError } from './inference-error.js';
import { isDigitalSilence } from './digital-silence.js';
import { audioFrames } from './encoder-input.js';
import { WindowDecoder } from './window-decoder.js';
import { WindowQueue, type WindowTask } from './window-queue.js';
import { createWindowResult, silentResult } from './window-result.js';

interface Slot {
  readonly task: WindowTask;
  readonly decoder: WindowDecoder;
  /** Its share of the wall time so far. */
  inferenceSeconds: number;
}

/**
 * Decodes many windows at once, a token of each per step.
 *
 * Slots are independent: each has its own position, and one that is done takes the next waiting window at once, of whichever request. Reading the weights
 * is most of a step's cost and the same for one slot or eight. The engine runs while there is work and yields to the event loop between steps; a
 * cancelled request leaves its slots at the next step.
 */
export class BatchEngine {
  readonly #sessions: ModelSessions;
  readonly #slotsMax: number;
  readonly #queue = new WindowQueue();
  readonly #cancelled = new Set<object>();
  #slots: Slot[] = [];
  #running: Promise<void> | undefined;

  constructor(sessions: ModelSessions, slotsMax: number) {
    this.#sessions = sessions;
    this.#slotsMax = slotsMax;
  }

  /** Decodes a window as soon as there is a slot. Rejects with a BackendError. */
  submit(task: Omit<WindowTask, 'resolve' | 'reject'>): Promise<WindowResult> {
    return new Promise((resolve, reject) => {
      this.#queue.add({ ...task, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Gives up a request: what waits is dropped now, what runs at the next step. Its promises stay open, nobody listens any more. */
  cancel(request: object): void {
    this.#queue.remove(request);
    if (this.#slots.some((slot) => slot.task.request === request)) this.#cancelled.add(request);
  }

  /** Ends all work with `cancelled` and resolves when nothing runs any more, which is after the current call into the library. */
  async close(): Promise<void> {
    const error = new BackendError('cancelled', 'The model was unloaded.', { retry: 'here' });
    for (const task of this.#queue.takeAll()) task.reject(error);
    for (const { task } of this.#slots) {
      task.reject(error);
      this.#cancelled.add(task.request);
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    // The submitting call returns first, so that a request's windows are all in the queue.
    await Promise.resolve();
    while (this.#slots.length > 0 || !this.#queue.isEmpty) {
      try {
        this.#dropCancelled();
        await this.#fillSlots();
        if (this.#slots.length > 0) await this.#step();
      } catch (error) {
        this.#failAll(error);
      }
    }
    this.#sessions.memory.reset();
    this.#running = undefined;
  }

  async #fillSlots(): Promise<void> {
    while (this.#slots.length < this.#slotsMax) {
      const task = this.#queue.take();
      if (task === undefined) return;
      if (isDigitalSilence(task.window.samples)) task.resolve(silentResult(task.window, 0));
      else await this.#startWindow(task);
    }
  }

  async #startWindow(task: WindowTask): Promise<void> {
    const startedMs = performance.now();
    const position = this.#slots.length;
    const { vocabulary, tokenRules } = this.#sessions;
    const frames = audioFrames(task.window.samples.length);
    const decoder = new WindowDecoder({ vocabulary, tokenRules, options: task.options, frames });
    const slot = { task, decoder, inferenceSeconds: 0 };
    this.#slots.push(slot);
    await this.#sessions.encode(task.window.samples, position);
    if (decoder.prefill.length > 0) {
      decoder.advancePrefilled(await this.#sessions.decoder.prefill(position, decoder.prefill));
    }
    slot.inferenceSeconds += (performance.now() - startedMs) / 1000;
  }

  async #step(): Promise<void> {
    const startedMs = performance.now();
    const slots = this.#slots;
    const outputs = await this.#sessions.decoder.step(
      slots.map((slot) => slot.decoder.input),
      { wantLogits: slots.some((slot) => slot.decoder.wantsLogits) },
    );
    const finished = slots.filter((slot, position) => {
      const output = outputs[position];
      return output !== undefined && slot.decoder.advance(output);
    });
    const share = (performance.now() - startedMs) / 1000 / slots.length;
    for (const slot of slots) slot.inferenceSeconds += share;
    for (const slot of finished) this.#finish(slot);
  }

  #finish(slot: Slot): void {
    const startedMs = performance.now();
    const { task, decoder } = slot;
    this.#leave(slot);
    const result = createWindowResult(task.window, decoder.result(), {
      options: task.options,
      tokenizer: this.#sessions.vocabulary.tokenizer,
      inferenceSeconds: slot.inferenceSeconds,
    });
    const inferenceSeconds = slot.inferenceSeconds + (performance.now() - startedMs) / 1000;
    task.resolve({ ...result, inferenceSeconds });
  }

  /** Slots stay dense, so that a step works on the first n: the last one moves into the gap. */
  #leave(slot: Slot): void {
    const position = this.#slots.indexOf(slot);
    const last = this.#slots.length - 1;
    if (position < 0) return;
    this.#sessions.memory.move(last, position);
    this.#slots[position] = this.#slots[last] as Slot;
    this.#slots.length = last;
  }

  #dropCancelled(): void {
    for (const slot of this.#slots.filter(({ task }) => this.#cancelled.has(task.request))) this.#leave(slot);
    this.#cancelled.clear();
  }

  /** The native library failed: nobody can tell which window it was, so all that run are given back. */
  #failAll(cause: unknown): void {
    const error = toBackendError(cause);
    const tasks = this.#slots.map((slot) => slot.task);
    this.#slots = [];
    for (const task of [...tasks, ...this.#queue.takeAll()]) task.reject(error);
  }
}
