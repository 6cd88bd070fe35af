import { type BackendError, SAMPLE_RATE_HZ, type AudioWindow } from '@voice-transcriber/backend-sdk';
import type { HostLogger } from './host-logger.js';
import type { ModelProcess, RunningUnit } from './model-process.js';
import type { BudgetHolder, ProcessBudget } from './process-budget.js';
import { cancelledError, type TranscribeJob } from './transcribe-job.js';

const WINDOW_SECONDS_MAX_LEAST = 60;
/** A window may take this many times as long as it should before its process counts as hung. */
const WINDOW_SECONDS_FACTOR = 20;

export interface ModelLaneOptions {
  readonly budget: ProcessBudget;
  readonly logger: HostLogger;
  /** Starts a process with the model loaded. Throws BackendError. */
  readonly start: () => Promise<ModelProcess>;
  /** Audio seconds per wall second as measured so far, if ever. */
  readonly speed: () => number | undefined;
  /** Seconds until an idle process is ended; undefined = it stays. */
  readonly idleSecondsMax: number | undefined;
}

/** Windows of one job that went inside together. */
interface Unit {
  readonly job: TranscribeJob;
  /** Those without a result yet. */
  windows: readonly AudioWindow[];
  readonly isAlone: boolean;
  running: RunningUnit | undefined;
}

/**
 * All work for one model on one device. The windows of all jobs share the slots of one process: higher priority first, turns among equals, and a slot that
 * falls free goes to whoever is next, so a short recording never waits for the end of a long one.
 *
 * A process that dies with one window inside fails that window's job. With several inside nobody can tell whose fault it was: each of them is tried again
 * alone on the next process, and only a second death names its job. Everybody else goes on.
 */
export class ModelLane implements BudgetHolder {
  readonly #options: ModelLaneOptions;
  readonly #jobs = new Set<TranscribeJob>();
  readonly #units = new Set<Unit>();
  #process: ModelProcess | undefined;
  #isPumping = false;
  #turns = 0;
  #usedAt = performance.now();
  #idleTimer: NodeJS.Timeout | undefined;
  #unloading: Promise<void> | undefined;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(options: ModelLaneOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return !this.#isPumping && this.#jobs.size === 0;
  }

  get usedAt(): number {
    return this.#usedAt;
  }

  get process(): ModelProcess | undefined {
    return this.#process?.hasEnded === false ? this.#process : undefined;
  }

  get jobCount(): number {
    return this.#jobs.size;
  }

  /** Queues a job. Its parts, its end and its failure come through `job.parts`. */
  add(job: TranscribeJob): void {
    clearTimeout(this.#idleTimer);
    this.#jobs.add(job);
    this.#finishIfDone(job);
    if (!this.#isPumping) void this.#pump();
    this.#wake();
  }

  /** Ends a job with `cancelled`: at once while nothing of it is inside, otherwise when its process has really stopped working on it. */
  cancel(job: TranscribeJob): void {
    if (!this.#jobs.has(job) || job.isCancelled) return;
    job.isCancelled = true;
    job.dropPending();
    const inside = this.#unitsOf(job);
    for (const { running } of inside) running?.cancel();
    if (inside.length === 0) this.#finish(job, cancelledError());
    this.#wake();
  }

  /** Lets what is inside end, and then the job, without the windows that still wait. */
  stop(job: TranscribeJob): void {
    if (!this.#jobs.has(job)) return;
    job.dropPending();
    this.#finishIfDone(job);
    this.#wake();
  }

  async unload(): Promise<void> {
    this.#unloading ??= this.#endProcess().finally(() => (this.#unloading = undefined));
    await this.#unloading;
  }

  /** Ends everything; jobs that are left fail with the given error. */
  async close(error: BackendError): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idleTimer);
    for (const job of [...this.#jobs]) this.#finish(job, error);
    if (this.#units.size > 0) this.#process?.kill(error);
    await this.unload();
    this.#wake();
  }

  async #endProcess(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined) return;
    await process.dispose();
    this.#options.budget.release(this);
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    try {
      while (this.#jobs.size > 0) {
        const process = await this.#ensureProcess();
        if (process === undefined) continue;
        const changed = new Promise<void>((resolve) => (this.#wake = resolve));
        const mustYield = this.#options.budget.shouldYield(this.#urgency());
        if (!mustYield) this.#fillSlots(process);
        if (mustYield && this.#units.size === 0) await this.unload();
        else if (this.#jobs.size > 0 && !process.hasEnded) await changed;
        // The units of a process that ended tell what became of them before the next one starts.
        else await Promise.allSettled([...this.#units].map(async ({ running }) => running?.finished));
      }
    } finally {
      this.#isPumping = false;
      this.#usedAt = performance.now();
      this.#becomeIdle();
    }
  }

  #becomeIdle(): void {
    this.#options.budget.reconsider();
    const { idleSecondsMax } = this.#options;
    clearTimeout(this.#idleTimer);
    if (idleSecondsMax === undefined || this.#process === undefined) return;
    this.#idleTimer = setTimeout(() => {
      if (this.isIdle) void this.unload();
    }, idleSecondsMax * 1000);
    this.#idleTimer.unref();
  }

  #urgency(): number {
    return Math.max(...[...this.#jobs].map(({ priority }) => priority));
  }

  /** Undefined when the model cannot be loaded: every job that waits for it has then been told. */
  async #ensureProcess(): Promise<ModelProcess | undefined> {
    await this.#unloading;
    if (this.#process?.hasEnded === true) await this.#endProcess();
    if (this.#process !== undefined) return this.#process;
    if (this.#jobs.size === 0) return undefined;
    await this.#options.budget.acquire(this, this.#urgency());
    // The wait may have been long: nobody may want the model any more.
    if (this.#isClosed || this.#jobs.size === 0) {
      this.#options.budget.release(this);
      return undefined;
    }
    try {
      this.#process = await this.#options.start();
      if (!this.#isClosed) return this.#process;
      await this.#endProcess();
      return undefined;
    } catch (error) {
      this.#options.budget.release(this);
      for (const job of [...this.#jobs]) this.#finish(job, toError(error));
      return undefined;
    }
  }

  /** Sends windows inside while there is room for them. */
  #fillSlots(process: ModelProcess): void {
    const { windowsInsideMax, windowsPerUnit, unitsMax } = capacityOf(process);
    while (!process.hasEnded && this.#units.size < unitsMax) {
      const job = this.#nextJob();
      if (job === undefined || [...this.#units].some(({ isAlone }) => isAlone)) return;
      const isAlone = job.hasSuspect;
      if (isAlone && this.#units.size > 0) return;
      job.servedAt = ++this.#turns;
      const unit: Unit = { job, windows: job.takeWindows(windowsPerUnit), isAlone, running: undefined };
      this.#units.add(unit);
      this.#usedAt = performance.now();
      void this.#run(unit, process, isAlone ? 1 : windowsInsideMax);
    }
  }

  #nextJob(): TranscribeJob | undefined {
    return [...this.#jobs]
      .filter(({ hasPending }) => hasPending)
      .sort(
        (one, other) =>
          other.priority - one.priority ||
          Number(other.hasSuspect) - Number(one.hasSuspect) ||
          one.servedAt - other.servedAt ||
          one.arrival - other.arrival,
      )[0];
  }

  async #run(unit: Unit, process: ModelProcess, windowsInsideMax: number): Promise<void> {
    const { job } = unit;
    try {
      await job.start({ deviceActual: process.device.id });
      const windows = await job.load(unit.windows);
      if (job.isCancelled) throw cancelledError();
      if (process.hasEnded) job.putBack(unit.windows, { isSuspect: unit.isAlone });
      else await this.#transcribe(unit, windows, process, windowsInsideMax);
    } catch (error) {
      this.#explain(unit, process, toError(error));
    } finally {
      this.#units.delete(unit);
      this.#finishIfDone(job);
      this.#wake();
    }
  }

  async #transcribe(
    unit: Unit,
    windows: readonly AudioWindow[],
    process: ModelProcess,
    windowsInsideMax: number,
  ): Promise<void> {
    const { job } = unit;
    const audioSeconds = windows.reduce((total, { samples }) => total + samples.length / SAMPLE_RATE_HZ, 0);
    unit.running = process.transcribe({
      windows,
      options: job.options,
      // Each window shares the process with as many others as there is room for.
      secondsMax: job.windowSecondsMax ?? this.#deadlineSeconds((audioSeconds * windowsInsideMax) / windows.length),
      onPart: (part) => {
        if (part.type === 'window-final')
          unit.windows = unit.windows.filter(({ index }) => index !== part.result.index);
        job.take(part);
      },
    });
    await unit.running.finished;
    if (job.isCancelled) throw cancelledError();
  }

  /** Decides what a failure means for the windows of a unit, and for its job. */
  #explain(unit: Unit, process: ModelProcess, error: Error): void {
    const { job, windows } = unit;
    const { end } = process;
    if (job.isCancelled) {
      job.forget(windows);
      if (this.#unitsOf(job).length === 1) this.#finish(job, cancelledError());
    } else if (end === undefined || (!end.isIntended && end.windowsInside <= 1) || !this.#jobs.has(job)) {
      job.forget(windows);
      this.#finish(job, error);
    } else {
      const { windowsInside, isIntended } = end;
      this.#options.logger.warn(
        { error: error.message, windows: windows.map(({ index }) => index), windowsInside },
        'a process ended with several windows inside; they are tried again',
      );
      job.putBack(windows, { isSuspect: !isIntended });
    }
  }

  #deadlineSeconds(audioSeconds: number): number {
    const expectedSeconds = audioSeconds / (this.#options.speed() ?? 1);
    return Math.max(WINDOW_SECONDS_MAX_LEAST, WINDOW_SECONDS_FACTOR * expectedSeconds);
  }

  #unitsOf(job: TranscribeJob): Unit[] {
    return [...this.#units].filter((unit) => unit.job === job);
  }

  #finishIfDone(job: TranscribeJob): void {
    if (job.isFinished && !job.isCancelled) this.#finish(job);
  }

  #finish(job: TranscribeJob, error?: Error): void {
    if (!this.#jobs.delete(job)) return;
    job.parts.close(error);
    if (error === undefined) return;
    // What is still inside works for nobody.
    job.isCancelled = true;
    job.dropPending();
    for (const { running } of this.#unitsOf(job)) running?.cancel();
  }
}

/** An engine that takes several calls gets its windows one by one, so that each slot is refilled on its own; any other gets one call at a time. */
function capacityOf({ capabilities }: ModelProcess): {
  readonly unitsMax: number;
  readonly windowsPerUnit: number;
  readonly windowsInsideMax: number;
} {
  const { batchSize, concurrency } = capabilities;
  if (concurrency <= 1) return { unitsMax: 1, windowsPerUnit: batchSize, windowsInsideMax: batchSize };
  const windowsInsideMax = Math.max(batchSize, concurrency);
  return { unitsMax: windowsInsideMax, windowsPerUnit: 1, windowsInsideMax };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
