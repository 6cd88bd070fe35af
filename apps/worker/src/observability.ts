import type { Config } from '@voice-transcriber/config';
import type { InferenceHost } from '@voice-transcriber/inference';
import type { LeaseKeeper } from '@voice-transcriber/jobs/handlers';
import type { Logger } from '@voice-transcriber/telemetry';
import {
  createMetricsRegistry,
  createWorkerMetrics,
  registerResourceMetrics,
  type MetricsRegistry,
  type WorkerMetrics,
} from '@voice-transcriber/telemetry/metrics';
import { startTracing } from '@voice-transcriber/telemetry/tracing';
import type { ResourceRecorder } from './resource-recorder.js';

/** What is read when metrics are scraped. */
export interface WatchedParts {
  readonly leases: Pick<LeaseKeeper, 'heldCount' | 'heartbeatAgeMilliseconds'>;
  readonly inference: Pick<InferenceHost, 'loadedModels'>;
  readonly recorder: Pick<ResourceRecorder, 'sample'>;
  readonly isDraining: () => boolean;
}

export interface Observability {
  readonly metrics: WorkerMetrics;
  readonly registry: MetricsRegistry;
  /** Once, when they are all there. */
  watch(parts: WatchedParts): void;
  /** Sends the last spans. Idempotent. */
  shutdown(): Promise<void>;
}

/** Metrics and traces of a worker. Everything that is counted is counted from here on. */
export async function startObservability(
  { instanceId, tracing: tracingConfig, jobs, inference: inferenceConfig }: Config,
  { version, logger }: { readonly version: string; readonly logger: Logger },
): Promise<Observability> {
  const tracing = await startTracing({ ...tracingConfig, process: 'worker', instanceId, version, logger });
  const registry = createMetricsRegistry({ version, instanceId });
  const metrics = createWorkerMetrics(registry.register);
  return {
    metrics,
    registry,
    watch({ leases, inference, recorder, isDraining }) {
      metrics.watch({
        slots: jobs.concurrentMax,
        slotsBusy: () => leases.heldCount,
        draining: isDraining,
        heartbeatAgeSeconds: () => leases.heartbeatAgeMilliseconds() / 1000,
        loadedModels: () => inference.loadedModels(),
      });
      registerResourceMetrics({
        register: registry.register,
        sample: () => recorder.sample(),
        gpus: inferenceConfig.gpuEnabled,
      });
    },
    shutdown: () => tracing.shutdown(),
  };
}
