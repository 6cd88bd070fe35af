/** Something that may hold a model process, and can be asked to give it up. */
export interface BudgetHolder {
  /** True while nothing runs on its process and nothing waits for it. */
  readonly isIdle: boolean;
  /** Milliseconds on the monotonic clock. */
  readonly usedAt: number;
  /** Ends the process; the place is released when this resolves. Never rejects. */
  unload(): Promise<void>;
}

interface Waiter {
  readonly holder: BudgetHolder;
  readonly priority: number;
  readonly since: number;
  readonly grant: () => void;
}

/** A busy model gives way to one that has waited this long for a place, so that no job starves behind a long one on another model. */
const WAIT_MILLISECONDS_MAX = 20_000;

/** At most so many model processes at once; when another is wanted, the one unused for longest goes. */
export class ProcessBudget {
  readonly #processesMax: number;
  readonly #holders = new Set<BudgetHolder>();
  readonly #waiters: Waiter[] = [];
  #isServing = false;

  constructor(processesMax: number) {
    this.#processesMax = Math.max(1, processesMax);
  }

  /** Resolves when the holder may start a process. */
  acquire(holder: BudgetHolder, priority: number): Promise<void> {
    return new Promise((grant) => {
      this.#waiters.push({ holder, priority, since: performance.now(), grant });
      this.reconsider();
    });
  }

  release(holder: BudgetHolder): void {
    this.#holders.delete(holder);
    this.reconsider();
  }

  /** True when a holder that works at this priority should unload between two windows, for the sake of another. */
  shouldYield(priority: number): boolean {
    const now = performance.now();
    return this.#waiters.some((waiter) => waiter.priority > priority || now - waiter.since > WAIT_MILLISECONDS_MAX);
  }

  /** Ends the idle process that was unused for longest. False when none is idle. */
  async unloadOneIdle(except?: BudgetHolder): Promise<boolean> {
    const idle = [...this.#holders]
      .filter((holder) => holder.isIdle && holder !== except)
      .sort((one, other) => one.usedAt - other.usedAt)[0];
    await idle?.unload();
    return idle !== undefined;
  }

  /** Call when a holder becomes idle: somebody may be waiting for its place. */
  reconsider(): void {
    if (!this.#isServing) void this.#serve();
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    try {
      while (this.#waiters.length > 0) {
        if (this.#holders.size >= this.#processesMax && !(await this.unloadOneIdle())) return;
        if (this.#holders.size >= this.#processesMax) continue;
        const next = this.#takeNext();
        if (next === undefined) return;
        this.#holders.add(next.holder);
        next.grant();
      }
    } finally {
      this.#isServing = false;
    }
  }

  #takeNext(): Waiter | undefined {
    const [best] = [...this.#waiters].sort((one, other) => other.priority - one.priority || one.since - other.since);
    if (best !== undefined) this.#waiters.splice(this.#waiters.indexOf(best), 1);
    return best;
  }
}
