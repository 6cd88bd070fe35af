import { recordResourceSample, type Database } from '@voice-transcriber/db';
import {
  createResourceSampler,
  processTreeUsage,
  type Logger,
  type ResourceSample,
} from '@voice-transcriber/telemetry';

const SAMPLE_MILLISECONDS = 1000;

export interface ResourceRecorder {
  start(): void;
  /** Reads the machine now. */
  sample(): Promise<ResourceSample>;
  /** What this worker and its children use, as of the last second. */
  usage(): { readonly cpuPercent: number | undefined; readonly memoryBytes: number | undefined };
  /** Idempotent; waits for a running sample. */
  dispose(): Promise<void>;
}

/** Reads the machine each second into the database, for the system monitor, and this worker's own use for its heartbeat. */
export function createResourceRecorder(options: {
  readonly db: Database;
  readonly host: string;
  readonly diskPath: string;
  readonly logger: Logger;
}): ResourceRecorder {
  const { db, host, logger } = options;
  const sampler = createResourceSampler({ diskPath: options.diskPath });
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let disposed = false;
  let last: { at: number; cpuSeconds: number } | undefined;
  let usage: { cpuPercent: number | undefined; memoryBytes: number | undefined } = {
    cpuPercent: undefined,
    memoryBytes: undefined,
  };

  async function sample(): Promise<void> {
    const { memoryBytes, cpuSeconds } = await processTreeUsage(process.pid);
    const at = performance.now();
    // A child that ended takes its seconds with it.
    const cpuPercent = last ? Math.max(0, ((cpuSeconds - last.cpuSeconds) / (at - last.at)) * 100_000) : undefined;
    usage = { cpuPercent, memoryBytes };
    last = { at, cpuSeconds };
    await recordResourceSample(db.orm, { host, sample: await sampler.sample() });
  }

  const next = (): void => {
    running = sample()
      .catch((error: unknown) => logger.debug({ err: error }, 'A resource sample was not stored.'))
      .finally(() => {
        if (!disposed) timer = setTimeout(next, SAMPLE_MILLISECONDS);
      });
  };

  return {
    start: next,
    sample: () => sampler.sample(),
    usage: () => usage,
    async dispose() {
      disposed = true;
      clearTimeout(timer);
      await running;
      sampler.dispose();
    },
  };
}
