import { BackendError, SAMPLE_RATE_HZ } from '@voice-transcriber/backend-sdk';
import {
  readSelfTestClip,
  runSelfTest,
  type BackendReport,
  type InferenceHost,
  type SelfTestClip,
  type SelfTestReport,
} from '@voice-transcriber/inference';
import { busyCpuSeconds, processTreeUsage } from '@voice-transcriber/telemetry';

/** One way to run one model: tried with a clip whose text is known, then timed. */
export interface Trial {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
  readonly threads: number;
  /** Undefined: it could not be tried, for it does not fit or time was over. */
  readonly selfTest: SelfTestReport | undefined;
  readonly timings: readonly Timing[];
  /** Resident bytes after the first of the last, repeated timings, and after the last of them: a leak grows. */
  readonly memoryBytesSettled: number | undefined;
  readonly memoryBytesLast: number | undefined;
}

export interface Timing {
  /** Clips at once. */
  readonly jobs: number;
  readonly audioSeconds: number;
  readonly wallSeconds: number;
  readonly memoryBytesPeak: number;
  /** Of the inference process. */
  readonly cpuSeconds: number;
  /** Cores that other programs kept busy meanwhile. */
  readonly otherCores: number;
}

export interface CalibrateOptions {
  /** A host that runs models with so many threads; disposed here. */
  readonly createHost: (threads: number) => InferenceHost;
  /** In the order in which they are tried. */
  readonly models: readonly string[];
  readonly cores: number;
  readonly threads: number;
  readonly secondsMax: number;
  readonly signal: AbortSignal;
}

/** Clips at once; more than the cores only where there are many. */
const JOBS = [1, 2, 3, 4, 6, 8];
/** What ran slower than this share of the fastest is not timed with more jobs: nobody would choose it. */
const INTERESTING_SHARE = 0.5;
const GAIN_MIN = 1.03;
const REPEATS = 2;
/** Of the whole time, for one engine with one model: a slow one must not leave nothing to the others. */
const SHARE_MAX = 0.4;
const SAMPLE_MILLISECONDS = 100;

interface Subject {
  readonly model: string;
  readonly backend: string;
  readonly device: string;
}

/**
 * Lets every engine that is available here transcribe the bundled clip with every model, checks the text, and times it: alone, with more clips at once, and
 * with half the threads. Yields each trial as it is done. What does not fit into the time comes without timings.
 */
export async function* calibrate(options: CalibrateOptions): AsyncGenerator<Trial, void, undefined> {
  const clip = await readSelfTestClip();
  const deadline = performance.now() + options.secondsMax * 1000;
  const isOver = () => performance.now() > deadline || options.signal.aborted;
  const best = new Map<string, { readonly subject: Subject; readonly speed: number }>();
  const tryOptions = { ...options, clip, isOver, best };
  const host = options.createHost(options.threads);
  try {
    const places = placesOf(await host.probe());
    for (const [index, model] of options.models.entries()) {
      for (const place of places) {
        const subject = { ...place, model };
        // The first model is tried with every engine, however long that takes: whether they work is worth more than how fast.
        const isLeftOut = index > 0 && isOver();
        yield isLeftOut ? untried(subject, options.threads) : await tryOut(host, subject, tryOptions);
        await host.unload(subject);
      }
      const winner = best.get(model);
      if (index === 0 && winner !== undefined && options.threads > 1 && !isOver()) {
        yield* withFewerThreads(winner.subject, tryOptions);
      }
    }
  } finally {
    await host.dispose();
  }
}

interface TryOptions extends CalibrateOptions {
  readonly clip: SelfTestClip;
  readonly isOver: () => boolean;
  /** The fastest way so far, by model. */
  readonly best: Map<string, { readonly subject: Subject; readonly speed: number }>;
}

async function* withFewerThreads(subject: Subject, options: TryOptions): AsyncGenerator<Trial, void, undefined> {
  const threads = Math.max(1, Math.floor(options.threads / 2));
  const host = options.createHost(threads);
  try {
    yield await tryOut(host, subject, { ...options, threads });
  } finally {
    await host.dispose();
  }
}

function placesOf(reports: readonly BackendReport[]): Omit<Subject, 'model'>[] {
  return reports.flatMap(({ name, devices }) => devices.map(({ id }) => ({ backend: name, device: id })));
}

function untried(subject: Subject, threads: number): Trial {
  return {
    ...subject,
    threads,
    selfTest: undefined,
    timings: [],
    memoryBytesSettled: undefined,
    memoryBytesLast: undefined,
  };
}

async function tryOut(host: InferenceHost, subject: Subject, options: TryOptions): Promise<Trial> {
  const { clip, signal, best, threads, secondsMax } = options;
  const shareEnd = performance.now() + secondsMax * SHARE_MAX * 1000;
  const isOver = () => options.isOver() || performance.now() > shareEnd;
  // It loads the model and warms it up, too.
  const selfTest = await runSelfTest(host, { ...subject, clip, signal });
  const trial = { ...untried(subject, threads), selfTest };
  // One way to run a model is timed, whatever the time says: without a figure there is nothing to recommend.
  if (selfTest?.ok !== true || (isOver() && best.has(subject.model))) return trial;
  const timings: Timing[] = [];
  let speedBest = 0;
  let isInteresting = true;
  for (const jobs of JOBS.filter((count) => count <= Math.max(4, options.cores))) {
    const timing = await time(host, subject, { clip, jobs, signal });
    timings.push(timing);
    const speed = timing.audioSeconds / timing.wallSeconds;
    const isGaining = speed > speedBest * GAIN_MIN;
    speedBest = Math.max(speedBest, speed);
    isInteresting = speed >= (best.get(subject.model)?.speed ?? 0) * INTERESTING_SHARE;
    if (isOver() || !isInteresting || (jobs > 2 && !isGaining)) break;
  }
  if (speedBest > (best.get(subject.model)?.speed ?? 0)) best.set(subject.model, { subject, speed: speedBest });
  return {
    ...trial,
    timings,
    ...(isOver() || !isInteresting ? {} : await watchMemory(host, subject, { clip, timings, signal })),
  };
}

/** Does the last thing again: what grows now was not needed before. */
async function watchMemory(
  host: InferenceHost,
  subject: Subject,
  { clip, timings, signal }: { clip: SelfTestClip; timings: readonly Timing[]; signal: AbortSignal },
): Promise<Pick<Trial, 'memoryBytesSettled' | 'memoryBytesLast'>> {
  const jobs = timings.at(-1)?.jobs ?? 1;
  const memoryBytesSettled = await residentBytes(host);
  for (let count = 0; count < REPEATS; count += 1) await time(host, subject, { clip, jobs, signal });
  return { memoryBytesSettled, memoryBytesLast: await residentBytes(host) };
}

async function residentBytes(host: InferenceHost): Promise<number> {
  const pid = host.loadedModels()[0]?.pid;
  return pid === undefined ? 0 : (await processTreeUsage(pid)).memoryBytes;
}

async function time(
  host: InferenceHost,
  choice: Subject,
  { clip, jobs, signal }: { clip: SelfTestClip; jobs: number; signal: AbortSignal },
): Promise<Timing> {
  let memoryBytesPeak = 0;
  const sampling = setInterval(() => {
    residentBytes(host).then(
      (bytes) => (memoryBytesPeak = Math.max(memoryBytesPeak, bytes)),
      // The process has just ended: its end is told by the job.
      () => undefined,
    );
  }, SAMPLE_MILLISECONDS);
  const pid = host.loadedModels()[0]?.pid;
  const cpuBefore = pid === undefined ? 0 : (await processTreeUsage(pid)).cpuSeconds;
  const busyBefore = busyCpuSeconds();
  const startedAt = performance.now();
  try {
    await Promise.all(Array.from({ length: jobs }, () => hear(host, choice, clip, signal)));
  } finally {
    clearInterval(sampling);
  }
  const wallSeconds = (performance.now() - startedAt) / 1000;
  const busySeconds = busyCpuSeconds() - busyBefore;
  const cpuSeconds = pid === undefined ? 0 : (await processTreeUsage(pid)).cpuSeconds - cpuBefore;
  return {
    jobs,
    wallSeconds,
    cpuSeconds,
    audioSeconds: (jobs * clip.samples.length) / SAMPLE_RATE_HZ,
    memoryBytesPeak: Math.max(memoryBytesPeak, await residentBytes(host)),
    otherCores: Math.max(0, busySeconds - cpuSeconds) / wallSeconds,
  };
}

async function hear(host: InferenceHost, choice: Subject, clip: SelfTestClip, signal: AbortSignal): Promise<void> {
  const windows = [{ index: 0, startSeconds: 0, samples: clip.samples }];
  const options = { task: 'transcribe' as const, wordTimes: true, language: 'en' };
  for await (const part of host.transcribe({ choice, request: { windows, options }, priority: 0, signal })) {
    if (part.type === 'window-final') return;
  }
  throw new BackendError('protocol-violated', 'A window came back without a result.', { retry: 'here' });
}
