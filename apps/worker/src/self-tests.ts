import { setTimeout as delay } from 'node:timers/promises';
import { recordFirstSpeed, storeBackendReports, type Database } from '@voice-transcriber/db';
import { readSelfTestClip, runSelfTest, type InferenceHost, type SelfTestClip } from '@voice-transcriber/inference';
import type { Logger } from '@voice-transcriber/telemetry';

/** Work that waits at the start goes first. */
const START_MILLISECONDS = 5000;
/** Nothing must have happened for so long before a test begins. */
const IDLE_MILLISECONDS = 3000;
const LOOK_MILLISECONDS = 100;

export interface SelfTestsOptions {
  readonly db: Database;
  readonly inference: InferenceHost;
  readonly workerId: string;
  readonly host: string;
  readonly model: string;
  /** Model processes that may be in memory. */
  readonly cacheSize: number;
  /** Whether this worker holds any job now. */
  readonly isBusy: () => boolean;
  readonly logger: Logger;
}

export interface SelfTests {
  /** Idempotent; resolves when nothing runs any more. */
  dispose(): Promise<void>;
}

interface Subject {
  readonly backend: string;
  readonly device: string;
}

/**
 * Lets each backend of this machine transcribe a known clip on each of its devices, once, in the pauses between jobs. A job that comes stops the test, which is
 * made again in the next pause. The results are stored with the worker, refuse what failed, and are the first measured speeds.
 */
export function startSelfTests(options: SelfTestsOptions): SelfTests {
  const { logger } = options;
  const disposed = new AbortController();
  const running = testAll(options, disposed.signal).catch((error: unknown) => {
    if (!disposed.signal.aborted) logger.warn({ err: error }, 'The self-tests ended early.');
  });
  return {
    async dispose() {
      disposed.abort();
      await running;
    },
  };
}

async function testAll(options: SelfTestsOptions, signal: AbortSignal): Promise<void> {
  await delay(START_MILLISECONDS, undefined, { signal });
  const clip = await readSelfTestClip();
  const reports = await options.inference.probe();
  const subjects = reports.flatMap(({ name, devices }) => devices.map(({ id }) => ({ backend: name, device: id })));
  for (const subject of subjects) {
    while (!(await testInPause(options, subject, { clip, signal }))) signal.throwIfAborted();
  }
}

/** False when a job came in between: then nothing was learnt. */
async function testInPause(
  options: SelfTestsOptions,
  subject: Subject,
  { clip, signal }: { readonly clip: SelfTestClip; readonly signal: AbortSignal },
): Promise<boolean> {
  await waitForPause(options, signal);
  const { inference, model } = options;
  const wasLoaded = inference.loadedModels().some((loaded) => isSame(loaded, { ...subject, model }));
  const stop = new AbortController();
  const stopWhenNeeded = (): void => {
    if (options.isBusy() || signal.aborted) stop.abort();
  };
  const watch = setInterval(stopWhenNeeded, LOOK_MILLISECONDS);
  signal.addEventListener('abort', stopWhenNeeded);
  try {
    const report = await runSelfTest(inference, { ...subject, model, clip, signal: stop.signal });
    if (report !== undefined) {
      inference.noteSelfTest(subject.backend, report);
      await store(options, subject, report.audioSecondsPerSecond);
      options.logger.info({ backend: subject.backend, ...report }, 'A backend was tested.');
    }
    return true;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return false;
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', stopWhenNeeded);
    // What a job has begun to use meanwhile is not idle, and stays.
    if (!wasLoaded) await inference.unload({ model, ...subject });
  }
}

/** Resolves when no job was held for a while, and a model more may be in memory. */
async function waitForPause(options: SelfTestsOptions, signal: AbortSignal): Promise<void> {
  const { inference, isBusy, cacheSize } = options;
  let quietSince = performance.now();
  while (performance.now() - quietSince < IDLE_MILLISECONDS) {
    await delay(LOOK_MILLISECONDS, undefined, { signal });
    if (isBusy() || inference.loadedModels().length >= cacheSize) quietSince = performance.now();
  }
}

async function store(
  { db, inference, workerId, host, model }: SelfTestsOptions,
  subject: Subject,
  audioSecondsPerSecond: number | undefined,
): Promise<void> {
  await storeBackendReports(db.orm, { workerId, backends: await inference.probe() });
  if (audioSecondsPerSecond !== undefined) {
    await recordFirstSpeed(db.orm, { ...subject, host, model, audioSecondsPerSecond });
  }
}

function isSame(one: Subject & { readonly model: string }, other: Subject & { readonly model: string }): boolean {
  return one.backend === other.backend && one.device === other.device && one.model === other.model;
}
