export type { BackendSource } from './backend-registry.js';
export type { CandidateVerdict, Choice, ChooseRequest } from './choose-candidate.js';
export { createInferenceHost } from './create-inference-host.js';
export { CHILD_ENVIRONMENT } from './inference-process.js';
export type { HostLogger } from './host-logger.js';
export type {
  BackendReport,
  InferenceHost,
  HostObserver,
  InferenceHostOptions,
  InferenceJob,
  LoadedModelReport,
} from './inference-host.js';
export { MODEL_CATALOGUE, OFFICIAL_LICENCE, OFFICIAL_ORIGIN, type CatalogueModel } from './model-catalogue.js';
export { deleteModel } from './model-files/delete-model.js';
export { importModel, type ImportOptions } from './model-files/import-model.js';
export { MODEL_STORE_ERROR_CODES, ModelStoreError, type ModelStoreErrorCode } from './model-files/model-store-error.js';
export { removeParts } from './model-files/part-file.js';
export {
  getOfficialModel,
  pullModel,
  type PullOptions,
  type PullPatience,
  type PullProgress,
} from './model-files/pull-model.js';
export { verifyModel, type ModelVerification } from './model-files/verify-model.js';
export {
  createModelStore,
  EMBEDDED_MODELS_DIRECTORY,
  isEmbedded,
  type InstalledModel,
  type ModelStore,
} from './model-store.js';
export { runSelfTest, type SelfTestOptions, type SelfTestReport } from './run-self-test.js';
export { readSelfTestClip, type SelfTestClip } from './self-test-clip.js';
