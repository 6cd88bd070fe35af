export { claimBenchmarkHost, failDeadBenchmarks, failOtherBenchmarks, type BenchmarkClaim } from './benchmark-claim.js';
export {
  beginBenchmark,
  finishBenchmark,
  insertRunningBenchmark,
  recordBenchmarkProgress,
  recordBenchmarkResult,
  recordBenchmarkSpeed,
} from './benchmark-record.js';
export { createBenchmarkTasks, type BenchmarkPrograms } from './benchmark-tasks.js';
export { createCleaner, type Cleaner } from './cleaner.js';
export { isTransientDatabaseError, withDatabaseRetry } from './database-retry.js';
export type { WorkerFacts } from './heartbeat.js';
export { createLeaseKeeper, type LeaseKeeper, type WorkerRegistration } from './lease-keeper.js';
export { createModelPuller, type ModelPuller } from './model-puller.js';
export type { JobMetrics } from './job-metrics.js';
export type {
  AudioPreparation,
  Choice,
  ChoiceRequest,
  HandlerDependencies,
  Inference,
  InferenceJob,
  PreparedAudio,
} from './ports.js';
export type { ModelFetcher } from './model-fetcher.js';
export { createReconciler, type Reconciler } from './reconciler.js';
export { createTaskList } from './task-list.js';
export { createWebhookCourier, type WebhookCourier } from './webhook-courier.js';
