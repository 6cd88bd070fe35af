export { createCleaner, type Cleaner } from './cleaner.js';
export { isTransientDatabaseError } from './database-retry.js';
export { createLeaseKeeper, type LeaseKeeper, type WorkerFacts, type WorkerRegistration } from './lease-keeper.js';
export { createModelPuller, type ModelPuller } from './model-puller.js';
export type {
  AudioPreparation,
  Choice,
  ChoiceRequest,
  HandlerDependencies,
  Inference,
  InferenceJob,
  ModelFetcher,
  PreparedAudio,
} from './ports.js';
export { createReconciler, type Reconciler } from './reconciler.js';
export { createTaskList } from './task-list.js';
