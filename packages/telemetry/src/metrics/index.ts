export { answerScrape, sendMetrics, showsToken, type ScrapeAnswer } from './answer-scrape.js';
export { createApiMetrics, type ApiMetrics, type UploadEnd } from './api-metrics.js';
export {
  registerInstallationMetrics,
  type InstallationFigures,
  type ReadInstallation,
} from './installation-metrics.js';
export { createMetricsRegistry, type MetricsRegistry } from './metrics-registry.js';
export { registerResourceMetrics, type ResourceMetricsOptions } from './resource-metrics.js';
export { createWorkerMetrics, type WorkerMetrics, type WorkerReadings } from './worker-metrics.js';
