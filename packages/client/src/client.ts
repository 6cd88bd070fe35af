import {
  createTranscription,
  type CreatedTranscription,
  type CreateOptions,
  uploadRecording,
  type UploadOptions,
} from './create-transcription.js';
import { type CallOptions, type Connection, requestGraphql } from './graphql-request.js';
import { createModels, type Models } from './models.js';
import type { FileInput } from './opened-file.js';
import type { Platform } from './platform.js';
import type { ReceivedUpload } from './resumable-upload.js';
import { fetchHealth, fetchViewer, type ServerHealth, type Viewer } from './server-health.js';
import { type SubscribeOptions, subscribeToTranscription } from './subscribe.js';
import { transcribe, type TranscribeCallbacks } from './transcribe.js';
import type { RecordingSource } from './transcription-source.js';
import { createTranscriptions, type Transcriptions } from './transcriptions.js';
import type { Transcription, TranscriptionEvent, TranscriptionOptions } from './types.js';
import { waitForEnd, type WaitOptions } from './wait-for-end.js';

export interface ClientSettings {
  /** The server's address, for example `http://127.0.0.1:5001`. */
  url: string;
  apiKey: string;
}

/** Every call throws ClientError: a code, what to do, and whether the same call may succeed later. */
export interface Client extends Transcriptions {
  readonly models: Models;
  /**
   * Uploads, waits for the end and returns the finished transcription. Makes up for a server that goes away in the middle, without making two transcriptions.
   * Throws 'transcription-failed' too.
   */
  transcribe(
    source: RecordingSource,
    options?: TranscriptionOptions,
    callbacks?: TranscribeCallbacks,
  ): Promise<Transcription>;
  /** Uploads, and returns as soon as the server has accepted the recording. */
  createTranscription(
    source: RecordingSource,
    options?: TranscriptionOptions,
    upload?: CreateOptions,
  ): Promise<CreatedTranscription>;
  /** Sends a file so that a broken connection, with a store also a process that is started again, goes on where it was. */
  upload(file: FileInput, options?: UploadOptions): Promise<ReceivedUpload>;
  /** Waits for a transcription that exists. Aborting ends the waiting only. */
  waitFor(id: string, options?: WaitOptions): Promise<Transcription>;
  /** What happens to a transcription, up to its end; resumes by itself. */
  subscribe(id: string, options?: SubscribeOptions): AsyncGenerator<TranscriptionEvent, void>;
  /** Any other operation of the schema. Top-level errors are thrown; errors that are types come as data. */
  request<Data>(document: string, variables?: Record<string, unknown>, options?: CallOptions): Promise<Data>;
  /** Who works, what waits, and how fast the latest transcriptions were. */
  health(options?: CallOptions): Promise<ServerHealth>;
  /** Who the API key is, and what the server accepts: also the way to find out whether it can be reached. */
  viewer(options?: CallOptions): Promise<Viewer>;
}

/** A client of one server. Holds no connection between calls, so there is nothing to close. */
export function createClientOn(platform: Platform, { url, apiKey }: ClientSettings): Client {
  const connection: Connection = { url: url.replace(/\/+$/, ''), apiKey };
  const context = { connection, platform };
  const calls = createTranscriptions(connection);
  return {
    ...calls,
    models: createModels(context),
    transcribe: (source, options = {}, callbacks = {}) => transcribe(context, calls, source, options, callbacks),
    createTranscription: (source, options = {}, upload = {}) => createTranscription(context, source, options, upload),
    upload: (file, options = {}) => uploadRecording(context, file, options),
    waitFor: (id, options = {}) => waitForEnd(context, calls, id, options),
    subscribe: (id, options) => subscribeToTranscription({ connection, webSocket: platform.webSocket }, id, options),
    request: (document, variables = {}, { signal } = {}) => requestGraphql(connection, document, variables, { signal }),
    health: (options) => fetchHealth(connection, options),
    viewer: (options) => fetchViewer(connection, options),
  };
}
