import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface MetricsRegistry {
  readonly register: Registry;
  /** All metrics in Prometheus's text format. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** With what every process of ours tells of itself: the usual `process_*` and `nodejs_*`, and which build it is. */
export function createMetricsRegistry({
  version,
  instanceId,
}: {
  readonly version: string;
  readonly instanceId: string;
}): MetricsRegistry {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const build = new Gauge({
    name: 'vt_build_info',
    help: 'Always 1; the labels name the version and the instance.',
    labelNames: ['version', 'instance_id'],
    registers: [register],
  });
  build.set({ version, instance_id: instanceId }, 1);
  return {
    register,
    read: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  };
}
