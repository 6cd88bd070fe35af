import type { Config } from '@voice-transcriber/config';
import { readDatabaseFigures, type Database } from '@voice-transcriber/db';
import { createResourceSampler, type Logger } from '@voice-transcriber/telemetry';
import {
  createApiMetrics,
  createMetricsRegistry,
  registerInstallationMetrics,
  registerResourceMetrics,
  type ApiMetrics,
  type MetricsRegistry,
} from '@voice-transcriber/telemetry/metrics';
import { startTracing } from '@voice-transcriber/telemetry/tracing';
import { readVersion } from './read-version.js';

/** Figures of the whole installation are computed at most this often, by all API processes together. */
const FIGURES_SECONDS_MAX = 10;

export interface Observability {
  readonly metrics: ApiMetrics;
  readonly metricsRegistry: MetricsRegistry;
  /** Sends the last spans. Idempotent. */
  dispose(): Promise<void>;
}

/** Metrics and traces of an API process. */
export async function startObservability(options: {
  readonly config: Config;
  readonly db: Database;
  readonly logger: Logger;
}): Promise<Observability> {
  const { config, db, logger } = options;
  const { instanceId } = config;
  const version = await readVersion();
  const tracing = await startTracing({ ...config.tracing, process: 'api', instanceId, version, logger });
  const metricsRegistry = createMetricsRegistry({ version, instanceId });
  const { register } = metricsRegistry;
  const sampler = createResourceSampler({ diskPath: config.storage.directory });
  registerResourceMetrics({ register, sample: () => sampler.sample(), gpus: false });
  registerInstallationMetrics(register, () => readDatabaseFigures(db, { maxAgeSeconds: FIGURES_SECONDS_MAX }));
  return {
    metrics: createApiMetrics(register),
    metricsRegistry,
    async dispose() {
      sampler.dispose();
      await tracing.shutdown();
    },
  };
}
