import { SAMPLE_RATE_HZ, type BackendError } from '@voice-transcriber/backend-sdk';
import type { ModelProcess } from './model-process.js';
import type { BudgetHolder, ProcessBudget } from './process-budget.js';
import { cancelledError, type TranscribeJob } from './transcribe-job.js';

const WINDOW_SECONDS_MAX_LEAST = 60;
/** A window may take this many times as long as it should before its process counts as hung. */
const WINDOW_SECONDS_FACTOR = 20;

export interface ModelLaneOptions {
  readonly budget: ProcessBudget;
  /** Starts a process with the model loaded. Throws BackendError. */
  readonly start: () => Promise<ModelProcess>;
  /** Audio seconds per wall second as measured so far, if ever. */
  readonly speed: () => number | undefined;
  /** Seconds until an idle process is ended; undefined = it stays. */
  readonly idleSecondsMax: number | undefined;
}

/**
 * All work for one model on one device. Jobs share one process, window by window: higher priority first, turns among equals, so a short recording never
 * waits for the end of a long one. A process that dies fails the job whose window it was working on; the others go on with a new one.
 */
export class ModelLane implements BudgetHolder {
  readonly #options: ModelLaneOptions;
  readonly #jobs = new Map<TranscribeJob, { readonly windowSecondsMax: number | undefined; forget: () => void }>();
  #process: ModelProcess | undefined;
  #running: TranscribeJob | undefined;
  #isPumping = false;
  #turns = 0;
  #usedAt = performance.now();
  #idleTimer: NodeJS.Timeout | undefined;
  #unloading: Promise<void> | undefined;
  #isClosed = false;

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
  add(job: TranscribeJob, windowSecondsMax?: number): void {
    clearTimeout(this.#idleTimer);
    const onAbort = () => this.#cancel(job);
    job.signal.addEventListener('abort', onAbort, { once: true });
    this.#jobs.set(job, { windowSecondsMax, forget: () => job.signal.removeEventListener('abort', onAbort) });
    if (job.isFinished) this.#finish(job);
    if (job.signal.aborted) onAbort();
    if (!this.#isPumping) void this.#pump();
  }

  async unload(): Promise<void> {
    this.#unloading ??= this.#endProcess().finally(() => (this.#unloading = undefined));
    await this.#unloading;
  }

  /** Ends everything; jobs that are left fail with the given error. */
  async close(error: BackendError): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idleTimer);
    for (const job of [...this.#jobs.keys()]) this.#finish(job, error);
    if (this.#running !== undefined) this.#process?.kill(error);
    await this.unload();
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
      for (let job = this.#nextJob(); job !== undefined; job = this.#nextJob()) {
        const process = await this.#ensureProcess(job.priority);
        // While the model was loading, a job may have been cancelled or a more urgent one may have come.
        const current = this.#nextJob();
        if (process === undefined || current === undefined) continue;
        await this.#runUnit(current, process);
        const urgency = Math.max(...[...this.#jobs.keys()].map(({ priority }) => priority), current.priority);
        if (this.#options.budget.shouldYield(urgency)) await this.unload();
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

  #nextJob(): TranscribeJob | undefined {
    return [...this.#jobs.keys()].sort(
      (one, other) => other.priority - one.priority || one.servedAt - other.servedAt || one.arrival - other.arrival,
    )[0];
  }

  /** Undefined when the model cannot be loaded: every job that waits for it has then been told. */
  async #ensureProcess(priority: number): Promise<ModelProcess | undefined> {
    await this.#unloading;
    if (this.#process?.hasEnded === true) await this.#endProcess();
    if (this.#process !== undefined) return this.#process;
    await this.#options.budget.acquire(this, priority);
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
      for (const job of [...this.#jobs.keys()]) this.#finish(job, toError(error));
      return undefined;
    }
  }

  async #runUnit(job: TranscribeJob, process: ModelProcess): Promise<void> {
    this.#running = job;
    job.servedAt = ++this.#turns;
    this.#usedAt = performance.now();
    try {
      await job.start();
      if (job.signal.aborted) throw cancelledError();
      const windows = job.nextWindows(process.capabilities.batchSize);
      const audioSeconds = windows.reduce((total, { samples }) => total + samples.length / SAMPLE_RATE_HZ, 0);
      await process.transcribe({
        windows,
        options: job.options,
        secondsMax: this.#jobs.get(job)?.windowSecondsMax ?? this.#deadlineSeconds(audioSeconds),
        onPart: (part) => job.take(part),
      });
      if (job.isFinished) this.#finish(job);
    } catch (error) {
      this.#finish(job, job.signal.aborted ? cancelledError() : toError(error));
    } finally {
      this.#running = undefined;
    }
  }

  #deadlineSeconds(audioSeconds: number): number {
    const expectedSeconds = audioSeconds / (this.#options.speed() ?? 1);
    return Math.max(WINDOW_SECONDS_MAX_LEAST, WINDOW_SECONDS_FACTOR * expectedSeconds);
  }

  #cancel(job: TranscribeJob): void {
    // The running unit ends the job itself, once its process has really stopped working.
    if (this.#running === job && this.#process !== undefined) this.#process.cancel();
    else this.#finish(job, cancelledError());
  }

  #finish(job: TranscribeJob, error?: Error): void {
    this.#jobs.get(job)?.forget();
    this.#jobs.delete(job);
    job.parts.close(error);
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
