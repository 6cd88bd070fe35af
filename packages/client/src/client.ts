import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { documents } from './documents.js';
import { ClientError, type ClientErrorCode, errorOfStatus } from './errors.js';
import { type FollowOptions, followTranscription } from './follow.js';
import { type Connection, fetchBounded, readBody, requestGraphql } from './graphql-request.js';
import { linkSignals } from './linked-signal.js';
import type {
  ExportFormat,
  Progress,
  Transcription,
  TranscriptionEvent,
  TranscriptionPriority,
  TranscriptionState,
  TranscriptionTask,
} from './types.js';
import { createModels, type Models } from './models.js';
import type { ServerHealth } from './server-health.js';
import { type UploadOptions, uploadGraphql } from './upload-request.js';

export interface TranscriptionOptions {
  model?: string;
  /** ISO 639-1, for example `de`. Detected when absent. */
  language?: string;
  task?: TranscriptionTask;
  wordTimes?: boolean;
  prompt?: string;
  priority?: TranscriptionPriority;
  /** Equal keys give the same transcription: a call that is made again after a failure uploads nothing twice. */
  idempotencyKey?: string;
}

export interface TranscribeCallbacks {
  onUpload?: UploadOptions['onUpload'];
  onCreated?: (transcription: Transcription) => void;
  onProgress?: (progress: Progress, state: TranscriptionState) => void;
  onEvent?: (event: TranscriptionEvent) => void;
  /** Aborting cancels the transcription on the server too. */
  signal?: AbortSignal;
  /** Default 24 h. */
  timeoutSeconds?: number;
}

type Result = { __typename: string; code?: string; message?: string };
type TranscriptionResult = Result & { transcription?: Transcription };

export interface Client {
  readonly models: Models;
  /** Uploads, waits for the end and returns the finished transcription. Throws ClientError, 'transcription-failed' included. */
  transcribe(
    file: string | Blob,
    options?: TranscriptionOptions,
    callbacks?: TranscribeCallbacks,
  ): Promise<Transcription>;
  createTranscription(
    file: string | Blob,
    options?: TranscriptionOptions,
    upload?: UploadOptions,
  ): Promise<{ transcription: Transcription; existing: boolean }>;
  /** Undefined when there is none, or none that this key may see. */
  transcription(id: string): Promise<Transcription | undefined>;
  follow(id: string, options?: FollowOptions): AsyncGenerator<TranscriptionEvent, void>;
  export(id: string, format: ExportFormat): Promise<string>;
  cancel(id: string): Promise<Transcription>;
  pause(id: string): Promise<Transcription>;
  resume(id: string): Promise<Transcription>;
  retry(id: string, options?: { model?: string }): Promise<Transcription>;
  delete(id: string): Promise<void>;
  /** What the server finds wrong with itself, and how fast the latest transcriptions were. */
  health(): Promise<ServerHealth>;
  /** Who the API key is, and what the server accepts: also the way to find out whether it can be reached. */
  viewer(): Promise<{ name: string; scope: string; maxFileBytes: number; defaultModel: string }>;
}

const UPLOAD_ATTEMPTS = 3;
const DAY_SECONDS = 86_400;

/** A client of one server. Holds no connection between calls, so there is nothing to close. */
export function createClient({ url, apiKey }: { url: string; apiKey: string }): Client {
  const connection: Connection = { url: url.replace(/\/+$/, ''), apiKey };

  const change = async (document: string, input: Record<string, unknown>): Promise<Transcription> => {
    const { result } = await requestGraphql<{ result: TranscriptionResult }>(connection, document, { input });
    return requireTranscription(result);
  };

  const client: Client = {
    models: createModels(connection),
    async transcribe(file, options = {}, callbacks = {}) {
      const { signal, dispose } = linkSignals([callbacks.signal], {
        milliseconds: (callbacks.timeoutSeconds ?? DAY_SECONDS) * 1000,
      });
      let id: string | undefined;
      try {
        const { transcription } = await uploadPersistently(client, file, options, {
          signal,
          onUpload: callbacks.onUpload,
        });
        ({ id } = transcription);
        callbacks.onCreated?.(transcription);
        return await followToEnd(client, id, callbacks, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
        if (id !== undefined) await client.cancel(id).catch(() => undefined);
        if (callbacks.signal?.aborted) throw error;
        throw new ClientError('timed-out', 'The transcription took too long and was cancelled.', { cause: error });
      } finally {
        dispose();
      }
    },
    async createTranscription(file, options = {}, upload = {}) {
      const { result } = await uploadGraphql<{ result: TranscriptionResult & { existing?: boolean } }>(
        connection,
        file,
        { document: documents.createTranscription, input: { ...options } },
        upload,
      );
      return { transcription: requireTranscription(result), existing: result.existing ?? false };
    },
    async transcription(id) {
      const data = await requestGraphql<{ transcription: Transcription | null }>(
        connection,
        documents.transcription,
        { id },
        { repeatable: true },
      );
      return data.transcription ?? undefined;
    },
    follow: (id, options) => followTranscription(connection, id, options),
    async export(id, format) {
      const path = `/transcriptions/${encodeURIComponent(id)}/export.${format}`;
      const response = await fetchBounded(`${connection.url}${path}`, connection, undefined);
      const body = await readBody(response, connection, undefined);
      if (!response.ok) throw errorOfStatus(response.status, body.slice(0, 200));
      return body;
    },
    cancel: (id) => change(documents.cancelTranscription, { id }),
    pause: (id) => change(documents.pauseTranscription, { id }),
    resume: (id) => change(documents.resumeTranscription, { id }),
    retry: (id, { model } = {}) => change(documents.retryTranscription, { id, ...(model !== undefined && { model }) }),
    async delete(id) {
      const { result } = await requestGraphql<{ result: Result }>(connection, documents.deleteTranscription, {
        input: { id },
      });
      throwRefusal(result);
    },
    async health() {
      const { system, transcriptions } = await requestGraphql<{
        system: ServerHealth['system'];
        transcriptions: { nodes: ServerHealth['latest'] };
      }>(connection, documents.health, {});
      return { system, latest: transcriptions.nodes };
    },
    async viewer() {
      const data = await requestGraphql<{
        viewer: { name: string; scope: string };
        limits: { maxFileBytes: number; defaultModel: string };
      }>(connection, documents.viewer, {});
      return { ...data.viewer, ...data.limits };
    },
  };
  return client;
}

/** Uploads again when the server went away in the middle. The idempotency key keeps that from making two transcriptions. */
async function uploadPersistently(
  client: Client,
  file: string | Blob,
  options: TranscriptionOptions,
  upload: UploadOptions,
): Promise<{ transcription: Transcription }> {
  const idempotencyKey = options.idempotencyKey ?? randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.createTranscription(file, { ...options, idempotencyKey }, upload);
    } catch (error) {
      const passing = error instanceof ClientError && error.retry === 'later' && attempt < UPLOAD_ATTEMPTS;
      if (!passing) throw error;
      await delay(500 * 2 ** attempt, undefined, upload.signal && { signal: upload.signal }).catch(() => undefined);
    }
  }
}

async function followToEnd(
  client: Client,
  id: string,
  callbacks: TranscribeCallbacks,
  signal: AbortSignal,
): Promise<Transcription> {
  let state: TranscriptionState = 'QUEUED';
  for await (const event of client.follow(id, { signal })) {
    callbacks.onEvent?.(event);
    if (event.type === 'snapshot') state = event.transcription.state;
    if (event.type === 'state-changed') ({ state } = event);
    const progress =
      'progress' in event ? event.progress : 'transcription' in event ? event.transcription.progress : undefined;
    if (progress) callbacks.onProgress?.(progress, state);
  }
  const transcription = await client.transcription(id);
  if (!transcription) throw new ClientError('not-found', 'The transcription was deleted before it was read.');
  const { error } = transcription;
  if (transcription.state === 'CANCELLED')
    throw new ClientError('transcription-cancelled', 'The transcription was cancelled.');
  if (transcription.state === 'FAILED') {
    throw new ClientError('transcription-failed', error?.message ?? 'The transcription failed.', {
      serverCode: error?.code,
    });
  }
  return transcription;
}

const REFUSALS: Record<string, ClientErrorCode> = {
  UploadError: 'upload-refused',
  InvalidInputError: 'invalid-input',
  NotFoundError: 'not-found',
  InvalidStateError: 'invalid-state',
};

function throwRefusal(result: Result): void {
  if (result.message === undefined) return;
  throw new ClientError(REFUSALS[result.__typename] ?? 'request-failed', result.message, { serverCode: result.code });
}

function requireTranscription(result: TranscriptionResult): Transcription {
  throwRefusal(result);
  if (result.transcription) return result.transcription;
  throw new ClientError(
    'request-failed',
    `The server answered with ${result.__typename}, which this client does not know: update it.`,
  );
}
