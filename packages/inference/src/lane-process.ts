import type { ModelProcess } from './model-process.js';
import type { BudgetHolder, ProcessBudget } from './process-budget.js';

export interface LaneProcessOptions {
  readonly budget: ProcessBudget;
  /** Starts a process with the model loaded. Throws BackendError. */
  readonly start: () => Promise<ModelProcess>;
  /** Seconds until an idle process is ended; undefined = it stays. */
  readonly idleSecondsMax: number | undefined;
}

/** The process of one lane: started when it is needed and the budget has a place, replaced when it died, ended when it was idle for long. */
export class LaneProcess {
  readonly #options: LaneProcessOptions;
  readonly #holder: BudgetHolder;
  #process: ModelProcess | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #unloading: Promise<void> | undefined;

  constructor(holder: BudgetHolder, options: LaneProcessOptions) {
    this.#holder = holder;
    this.#options = options;
  }

  get current(): ModelProcess | undefined {
    return this.#process?.hasEnded === false ? this.#process : undefined;
  }

  /** Waits for a place and loads the model, if need be. Undefined when it is not wanted any more by then. Throws BackendError of the load. */
  async ensure(options: {
    readonly priority: number;
    readonly isWanted: () => boolean;
  }): Promise<ModelProcess | undefined> {
    const { budget } = this.#options;
    await this.#unloading;
    if (this.#process?.hasEnded === true) await this.#end();
    if (this.#process !== undefined) return this.#process;
    if (!options.isWanted()) return undefined;
    await budget.acquire(this.#holder, options.priority);
    if (options.isWanted()) {
      try {
        this.#process = await this.#options.start();
      } catch (error) {
        budget.release(this.#holder);
        throw error;
      }
    } else {
      budget.release(this.#holder);
    }
    return this.#process;
  }

  /** Idempotent. */
  async unload(): Promise<void> {
    this.#unloading ??= this.#end().finally(() => (this.#unloading = undefined));
    await this.#unloading;
  }

  /** It has nothing to do: it is unloaded after a while, unless it was used again. */
  rest(): void {
    this.#options.budget.reconsider();
    const { idleSecondsMax } = this.#options;
    this.keep();
    if (idleSecondsMax === undefined || this.#process === undefined) return;
    this.#idleTimer = setTimeout(() => {
      if (this.#holder.isIdle) void this.unload();
    }, idleSecondsMax * 1000);
    this.#idleTimer.unref();
  }

  /** It is used again. */
  keep(): void {
    clearTimeout(this.#idleTimer);
  }

  async #end(): Promise<void> {
    this.keep();
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined) return;
    await process.dispose();
    this.#options.budget.release(this.#holder);
  }
}
