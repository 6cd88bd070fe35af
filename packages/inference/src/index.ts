export type { BackendSource } from './backend-registry.js';
export type { CandidateVerdict, Choice, ChooseRequest } from './choose-candidate.js';
export {
  createInferenceHost,
  type BackendReport,
  type InferenceHost,
  type InferenceHostOptions,
  type InferenceJob,
  type LoadedModelReport,
} from './create-inference-host.js';
export type { HostLogger } from './host-logger.js';
export { MODEL_CATALOGUE, type CatalogueModel } from './model-catalogue.js';
export { createModelStore, EMBEDDED_MODELS_DIRECTORY, type InstalledModel, type ModelStore } from './model-store.js';
