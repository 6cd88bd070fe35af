/** What Node and browsers have in common. */
export type { Client, ClientSettings } from './client.js';
export type { CreatedTranscription, CreateOptions, UploadOptions } from './create-transcription.js';
export { ClientError, type ClientErrorCode, type ClientErrorOptions, type ClientErrorRetry } from './errors.js';
export type { CallOptions } from './graphql-request.js';
export type { Model, ModelPull, ModelPullState, Models, ModelVerification } from './models.js';
export type { FileInput } from './opened-file.js';
export type { ReceivedUpload } from './resumable-upload.js';
export type { RememberedUpload, ResumeStore } from './resume-store.js';
export type { ServerHealth, Viewer } from './server-health.js';
export type { SubscribeOptions } from './subscribe.js';
export type { TranscribeCallbacks } from './transcribe.js';
export type { RecordingSource } from './transcription-source.js';
export type { Transcriptions } from './transcriptions.js';
export { isTerminal } from './types.js';
export type {
  ExportFormat,
  Problem,
  Progress,
  Segment,
  Transcription,
  TranscriptionEvent,
  TranscriptionFilter,
  TranscriptionOptions,
  TranscriptionPage,
  TranscriptionPriority,
  TranscriptionState,
  TranscriptionTask,
  TranscriptSegment,
  TranscriptWord,
} from './types.js';
export type { WaitOptions } from './wait-for-end.js';
