import type { AudioWindow, TranscribeOptions } from '@voice-transcriber/backend-sdk';
import type { HeardWindow } from './window-result.js';

/** One window of one request, and who waits for it. */
export interface WindowTask {
  readonly request: object;
  readonly window: AudioWindow;
  readonly options: TranscribeOptions;
  resolve(heard: HeardWindow): void;
  reject(error: unknown): void;
}

/**
 * Windows that wait for a slot. Requests take turns, so that a short recording does not wait behind all windows of a long one.
 */
export class WindowQueue {
  readonly #waiting = new Map<object, WindowTask[]>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  add(task: WindowTask): void {
    const tasks = this.#waiting.get(task.request);
    if (tasks === undefined) this.#waiting.set(task.request, [task]);
    else tasks.push(task);
  }

  /** The next window: the oldest of the request whose turn it is. Nothing when that one is not wanted now: the others wait behind it. */
  take(isWanted: (task: WindowTask) => boolean = () => true): WindowTask | undefined {
    const entry = this.#waiting.entries().next();
    if (entry.done === true) return undefined;
    const [request, tasks] = entry.value;
    const next = tasks[0];
    if (next === undefined || !isWanted(next)) return undefined;
    const task = tasks.shift();
    // Maps keep the order of insertion: taking the request out and putting it back moves it to the end of the line.
    this.#waiting.delete(request);
    if (tasks.length > 0) this.#waiting.set(request, tasks);
    return task;
  }

  /** Drops what a request still waits for. */
  remove(request: object): void {
    this.#waiting.delete(request);
  }

  /** Empties the queue. */
  takeAll(): readonly WindowTask[] {
    const tasks = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return tasks;
  }
}
