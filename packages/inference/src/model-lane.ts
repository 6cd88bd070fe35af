import type { AudioWindow, BackendError } from '@voice-transcriber/backend-sdk';
import type { HostLogger } from './host-logger.js';
import { capacityOf, deadlineSeconds } from './lane-capacity.js';
import { LaneProcess, type LaneProcessOptions } from './lane-process.js';
import { startBatchSpan, startLoadSpan, type LanePlace } from './lane-spans.js';
import type { ModelProcess, RunningUnit } from './model-process.js';
import type { BudgetHolder } from './process-budget.js';
import { nextJob } from './next-job.js';
import { cancelledError, type TranscribeJob } from './transcribe-job.js';

export interface ModelLaneOptions extends LaneProcessOptions {
  readonly logger: HostLogger;
  readonly place: LanePlace;
  /** Audio seconds per wall second as measured so far, if ever. */
  readonly speed: () => number | undefined;
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
  readonly #process: LaneProcess;
  #isPumping = false;
  #turns = 0;
  #usedAt = performance.now();
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(options: ModelLaneOptions) {
    this.#options = options;
    this.#process = new LaneProcess(this, options);
  }

  get isIdle(): boolean {
    return !this.#isPumping && this.#jobs.size === 0;
  }

  get usedAt(): number {
    return this.#usedAt;
  }

  get process(): ModelProcess | undefined {
    return this.#process.current;
  }

  get jobCount(): number {
    return this.#jobs.size;
  }

  /** Queues a job. Its parts, its end and its failure come through `job.parts`. */
  add(job: TranscribeJob): void {
    this.#process.keep();
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
    await this.#process.unload();
  }

  /** Ends everything; jobs that are left fail with the given error. */
  async close(error: BackendError): Promise<void> {
    this.#isClosed = true;
    for (const job of [...this.#jobs]) this.#finish(job, error);
    if (this.#units.size > 0) this.#process.current?.kill(error);
    await this.unload();
    this.#wake();
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
      this.#process.rest();
    }
  }

  #urgency(): number {
    return Math.max(...[...this.#jobs].map(({ priority }) => priority));
  }

  /** Undefined when the model cannot be loaded: every job that waits for it has then been told. */
  async #ensureProcess(): Promise<ModelProcess | undefined> {
    const span = this.process === undefined ? startLoadSpan(this.#options.place, this.#jobs) : undefined;
    try {
      const process = await this.#process.ensure({ priority: this.#urgency(), isWanted: () => this.#isWanted });
      span?.end();
      if (process !== undefined && this.#isClosed) await this.unload();
      return this.#isClosed ? undefined : process;
    } catch (error) {
      span?.end({ error });
      for (const job of [...this.#jobs]) this.#finish(job, toError(error));
      return undefined;
    }
  }

  get #isWanted(): boolean {
    return !this.#isClosed && this.#jobs.size > 0;
  }

  /** Sends windows inside while there is room for them. */
  #fillSlots(process: ModelProcess): void {
    const { windowsInsideMax, windowsPerUnit, unitsMax } = capacityOf(process.capabilities);
    while (!process.hasEnded && this.#units.size < unitsMax) {
      const job = nextJob([...this.#jobs]);
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

  async #run(unit: Unit, process: ModelProcess, windowsInsideMax: number): Promise<void> {
    const { job } = unit;
    const span = startBatchSpan(this.#options.place, job, unit.windows);
    try {
      await job.start({ deviceActual: process.device.id, capabilities: process.capabilities });
      const windows = await job.load(unit.windows);
      if (job.isCancelled) throw cancelledError();
      if (process.hasEnded) job.putBack(unit.windows, { isSuspect: unit.isAlone });
      else await this.#transcribe(unit, windows, process, windowsInsideMax);
      span.end();
    } catch (error) {
      span.end({ error });
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
    unit.running = process.transcribe({
      windows,
      options: job.options,
      secondsMax: job.windowSecondsMax ?? deadlineSeconds(windows, { windowsInsideMax, speed: this.#options.speed() }),
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

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
