import { and, eq, sql } from 'drizzle-orm';
import { attempts, type AttemptOutcome, type Queryable, type StoredError } from '@voice-transcriber/db';
import { logPerformance, processTreeUsage, type Logger } from '@voice-transcriber/telemetry';

/** Close together at first, so that work that takes a moment is seen too; later each look is twice as far away, up to the longest. */
const SAMPLE_MILLISECONDS_MIN = 25;
const SAMPLE_MILLISECONDS_MAX = 500;

export interface ResourceUse {
  readonly memoryBytesChange: number;
  readonly memoryBytesPeak: number;
  readonly cpuPercentMean: number;
}

/** Watches a process tree while an attempt runs. `findPid` may answer undefined until the process exists. */
export function createResourceMeter(findPid: () => number | undefined): { stop(): Promise<ResourceUse | undefined> } {
  const startedAt = performance.now();
  let first: { memoryBytes: number; cpuSeconds: number } | undefined;
  let last = first;
  let peak = 0;
  let pending: Promise<void> | undefined;
  const sample = async (): Promise<void> => {
    const pid = findPid();
    if (pid === undefined) return;
    const usage = await processTreeUsage(pid);
    if (usage.memoryBytes === 0) return;
    // A fresh process starts its counters again.
    if (!first || (last && usage.cpuSeconds < last.cpuSeconds)) first = usage;
    last = usage;
    peak = Math.max(peak, usage.memoryBytes);
  };
  // Figures only: a look that fails, mostly because the process has just ended, leaves what earlier ones saw.
  const look = (): void => {
    pending ??= sample()
      .catch(() => undefined)
      .finally(() => (pending = undefined));
  };
  let timer: NodeJS.Timeout;
  const keepLooking = (milliseconds: number): void => {
    look();
    timer = setTimeout(() => keepLooking(Math.min(2 * milliseconds, SAMPLE_MILLISECONDS_MAX)), milliseconds);
  };
  keepLooking(SAMPLE_MILLISECONDS_MIN);
  return {
    async stop() {
      clearTimeout(timer);
      await pending;
      await sample().catch(() => undefined);
      if (!first || !last) return undefined;
      const seconds = (performance.now() - startedAt) / 1000;
      return {
        memoryBytesChange: last.memoryBytes - first.memoryBytes,
        memoryBytesPeak: peak,
        cpuPercentMean: ((last.cpuSeconds - first.cpuSeconds) / Math.max(seconds, 0.001)) * 100,
      };
    },
  };
}

export interface AttemptEnd {
  readonly outcome: AttemptOutcome;
  readonly error?: StoredError | undefined;
  readonly windowsCommitted?: number;
  readonly use?: ResourceUse | undefined;
  readonly model?: string | undefined;
  readonly backend?: string | undefined;
  readonly device?: string | undefined;
}

/** Closes an attempt. One that a command or the reconciler closed already keeps its outcome and only gets its measurements. */
export async function closeAttempt(db: Queryable, attemptId: string, end: AttemptEnd): Promise<void> {
  const measurements = {
    windowsCommitted: end.windowsCommitted ?? 0,
    memoryBytesChange: end.use ? Math.round(end.use.memoryBytesChange) : null,
    memoryBytesPeak: end.use ? Math.round(end.use.memoryBytesPeak) : null,
    cpuPercentMean: end.use?.cpuPercentMean ?? null,
    model: end.model ?? null,
    backend: end.backend ?? null,
    device: end.device ?? null,
  };
  await db.update(attempts).set(measurements).where(eq(attempts.id, attemptId));
  await db
    .update(attempts)
    .set({
      outcome: end.outcome,
      error: end.error ?? null,
      finishedAt: sql`now()`,
      durationSeconds: sql`extract(epoch from now() - ${attempts.startedAt})`,
    })
    .where(and(eq(attempts.id, attemptId), eq(attempts.outcome, 'running')));
}

/** The performance line of an attempt. */
export function reportAttempt(
  logger: Logger,
  facts: {
    readonly operation: 'prepare' | 'chunk' | 'finish';
    readonly transcriptionId: string;
    readonly durationSeconds: number;
    readonly audioSeconds: number | undefined;
    readonly outcome: AttemptOutcome;
    readonly use: ResourceUse | undefined;
    readonly chunkIndex?: number;
    readonly model?: string | undefined;
  },
): void {
  const { use, ...rest } = facts;
  logPerformance(logger, { ...rest, ...use });
}
