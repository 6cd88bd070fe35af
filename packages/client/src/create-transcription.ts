import { documents } from './documents.js';
import { type Connection, requestGraphql } from './graphql-request.js';
import { openInput } from './open-input.js';
import type { FileInput } from './opened-file.js';
import type { Platform } from './platform.js';
import { type ReceivedUpload, type ResumableUploadOptions, uploadResumably } from './resumable-upload.js';
import type { ResumeStore } from './resume-store.js';
import { isServerSource, type RecordingSource } from './transcription-source.js';
import { requireTranscription, type TranscriptionResult } from './transcriptions.js';
import type { Transcription, TranscriptionOptions } from './types.js';
import { uploadGraphql } from './upload-operation.js';

/** A connection and what it is made with. */
export interface Context {
  connection: Connection;
  platform: Platform;
}

export interface UploadOptions extends ResumableUploadOptions {
  /** Default: the file's own name, or `recording`. */
  filename?: string | undefined;
  /** Where uploads are remembered. Default: `localStorage` in browsers, nowhere in Node (then one process resumes only itself). `null`: nowhere. */
  resumeStore?: ResumeStore | null | undefined;
}

export interface CreateOptions extends UploadOptions {
  /** Whether the file goes over the tus protocol. Default: streams and what is larger than 64 MiB. */
  resumable?: boolean | undefined;
}

export interface CreatedTranscription {
  transcription: Transcription;
  /** The same call was made before: this is what it made. */
  existing: boolean;
}

const RESUMABLE_BYTES_MIN = 64 * 1024 * 1024;

export async function uploadRecording(
  { connection, platform }: Context,
  input: FileInput,
  { filename, resumeStore, ...options }: UploadOptions,
): Promise<ReceivedUpload> {
  const file = await openInput(input, platform, filename);
  try {
    const store = resumeStore === undefined ? platform.resumeStore : (resumeStore ?? undefined);
    return await uploadResumably(connection, file, store, options);
  } finally {
    await file.close();
  }
}

export async function createTranscription(
  context: Context,
  source: RecordingSource,
  options: TranscriptionOptions,
  upload: CreateOptions,
): Promise<CreatedTranscription> {
  const { connection, platform } = context;
  if (isServerSource(source)) return createFromServer(connection, source, options, upload.signal);
  if (upload.resumable ?? (await isLarge(source, platform))) {
    const { id } = await uploadRecording(context, source, upload);
    return createFromServer(connection, { uploadId: id }, options, upload.signal);
  }
  const { signal, onUpload, filename } = upload;
  const { result } = await uploadGraphql<{ result: CreateResult }>(
    context,
    source,
    { document: documents.createTranscription, input: { ...options } },
    { signal, onUpload, filename },
  );
  return { transcription: requireTranscription(result), existing: result.existing ?? false };
}

type CreateResult = TranscriptionResult & { existing?: boolean };

async function createFromServer(
  connection: Connection,
  source: Extract<RecordingSource, { uploadId: string } | { mediaId: string } | { url: string }>,
  options: TranscriptionOptions,
  signal: AbortSignal | undefined,
): Promise<CreatedTranscription> {
  // An upload becomes one transcription however often this is asked; of the others only a key can tell.
  const repeatable = 'uploadId' in source || options.idempotencyKey !== undefined;
  const { result } = await requestGraphql<{ result: CreateResult }>(
    connection,
    documents.createTranscription,
    { input: { ...options, source } },
    { repeatable, signal, answerMilliseconds: CREATE_MILLISECONDS },
  );
  return { transcription: requireTranscription(result), existing: result.existing ?? false };
}

/** The server looks into the recording first, and fetches it where it comes from an address: for three minutes at most. */
const CREATE_MILLISECONDS = 240_000;

async function isLarge(input: FileInput, platform: Platform): Promise<boolean> {
  if (typeof input !== 'string') return !(input instanceof Blob) || input.size > RESUMABLE_BYTES_MIN;
  const file = await platform.openPath(input);
  await file.close();
  return (file.sizeBytes ?? Infinity) > RESUMABLE_BYTES_MIN;
}
