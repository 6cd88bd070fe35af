export { createClient, type Client, type TranscribeCallbacks, type TranscriptionOptions } from './client.js';
export { ClientError, type ClientErrorCode, type ClientErrorOptions, type ClientErrorRetry } from './errors.js';
export type { Model, ModelPull, ModelPullState, Models, ModelVerification } from './models.js';
export type { FollowOptions } from './follow.js';
export type { ServerHealth } from './server-health.js';
export { isTerminal } from './types.js';
export type {
  ExportFormat,
  Problem,
  Progress,
  Segment,
  Transcription,
  TranscriptionEvent,
  TranscriptionPriority,
  TranscriptionState,
  TranscriptionTask,
} from './types.js';
export type { UploadOptions } from './upload-request.js';
