import { findMedia } from '@voice-transcriber/db';
import type { NewTranscription } from '@voice-transcriber/jobs';
import { checkUrl, OutboundError } from '@voice-transcriber/outbound';
import type { FileUpload } from 'graphql-upload-ts';
import {
  discardFile,
  fromUpload,
  receiveRecording,
  type ReceivedRecording,
  type RecordingSource,
} from '../intake/receive-recording.js';
import { fetchRecording } from '../intake/fetch-recording.js';
import { uploadFailure } from '../intake/upload-failure.js';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import { decodeRowId } from './global-id.js';

const MISSING_MESSAGE = 'There is no such upload: it was used, has expired, or is of another key. Begin a new one.';

export const TranscriptionSourceInput = builder.inputType('TranscriptionSource', {
  description: 'Where the recording comes from: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    mediaId: t.id({ description: 'A recording that is stored here already: another run with other options.' }),
    upload: t.field({ type: 'Upload', description: 'A file in this multipart request.' }),
    url: t.string({
      description:
        'An address that the server fetches the recording from, within three minutes. Off unless URL_SOURCES=True.',
    }),
    uploadId: t.id({ description: 'A resumable upload that is complete (createUpload, or the tus protocol).' }),
  }),
});

export interface SourceFields {
  readonly file?: Promise<FileUpload> | null | undefined;
  readonly source?:
    | {
        readonly mediaId?: string | null | undefined;
        readonly upload?: Promise<FileUpload> | null | undefined;
        readonly uploadId?: string | null | undefined;
        readonly url?: string | null | undefined;
      }
    | null
    | undefined;
}

export type ReceivedSource =
  { readonly ok: true; readonly media: NewTranscription['media'] } | Extract<ReceivedRecording, { readonly ok: false }>;

/** A source that may be used: nothing of it has been stored yet. */
export interface SettledSource {
  /** The same source gives the same transcription, where the client named no key of its own. */
  readonly idempotencyKey: string | undefined;
  receive(): Promise<ReceivedSource>;
  /** After the transcription is there: frees what only led to it. */
  finish(): Promise<void>;
  /** Nothing is needed of it after all. */
  discard(): Promise<void>;
}

export interface SourceRefusal {
  readonly field: string;
  readonly message: string;
}

/** Under which name it is counted and traced. */
export function sourceKindOf({ source }: SourceFields): string {
  if (source?.uploadId) return 'resumable';
  if (source?.url) return 'url';
  return source?.mediaId ? 'media' : 'multipart';
}

/** Looks whether the source can be used, before a byte is stored. */
export async function settleSource(
  { file, source }: SourceFields,
  context: Pick<GraphqlContext, 'services' | 'viewer' | 'signal'>,
): Promise<SettledSource | SourceRefusal> {
  const upload = source?.upload ?? file ?? undefined;
  if ((file ?? undefined) !== undefined && (source ?? undefined) !== undefined) {
    return { field: 'source', message: 'Send either "source" or the older "file", not both.' };
  }
  if (upload !== undefined) return fromRequest(upload, context);
  if (source?.uploadId) return fromResumable(source.uploadId, context);
  if (source?.url) return fromUrl(source.url, context);
  if (source?.mediaId) return fromMedia(source.mediaId, context);
  return {
    field: 'source',
    message: 'Name the recording: source.upload, source.uploadId, source.url or source.mediaId.',
  };
}

function fromRequest(upload: Promise<FileUpload>, context: Pick<GraphqlContext, 'services' | 'signal'>): SettledSource {
  return {
    idempotencyKey: undefined,
    receive: () => store(fromUpload(upload), 'multipart', context),
    finish: () => Promise.resolve(),
    discard: () => discardFile(upload),
  };
}

async function fromResumable(
  id: string,
  context: Pick<GraphqlContext, 'services' | 'viewer' | 'signal'>,
): Promise<SettledSource | SourceRefusal> {
  const { resumableUploads } = context.services;
  const found = await resumableUploads.find(id, context.viewer);
  const isComplete = found !== undefined && found.receivedBytes === found.sizeBytes;
  if (found !== undefined && !isComplete) {
    return {
      field: 'source.uploadId',
      message: `The upload has ${found.receivedBytes} of ${found.sizeBytes} bytes. Send the rest first.`,
    };
  }
  return {
    // An answer that got lost is asked for again with the same upload, which is gone by then.
    idempotencyKey: `upload:${id}`,
    receive: () => {
      if (found === undefined)
        return Promise.resolve({ ok: false, failure: uploadFailure('upload-missing', MISSING_MESSAGE) });
      const recording = { filename: found.filename, open: () => resumableUploads.open(id) };
      return store(Promise.resolve(recording), 'resumable', context);
    },
    finish: () => resumableUploads.remove(id),
    discard: () => resumableUploads.remove(id),
  };
}

function fromUrl(address: string, context: Pick<GraphqlContext, 'services' | 'signal'>): SettledSource | SourceRefusal {
  const { urlSources, upload } = context.services.config;
  if (!urlSources.enabled) {
    return {
      field: 'source.url',
      message: 'This server fetches nothing. Upload the file, or ask an administrator for URL_SOURCES=True.',
    };
  }
  try {
    checkUrl(address, urlSources);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return { field: 'source.url', message: error.message };
  }
  return {
    idempotencyKey: undefined,
    receive: () =>
      fetchRecording(address, {
        allowPrivate: urlSources.allowPrivate,
        concurrentMax: upload.concurrentMax,
        fileBytesMax: upload.fileBytesMax,
        signal: context.signal,
        store: (recording) => store(Promise.resolve(recording), 'url', context),
      }),
    finish: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}

async function fromMedia(
  globalId: string,
  { services }: Pick<GraphqlContext, 'services'>,
): Promise<SettledSource | SourceRefusal> {
  const id = decodeRowId(globalId, 'Media');
  const [row] = id === undefined ? [] : await findMedia(services.db.orm, { ids: [id] });
  if (row === undefined || row.blobDeletedAt !== null) {
    return {
      field: 'source.mediaId',
      message: 'There is no such recording, or it is no longer stored. Upload it again.',
    };
  }
  return {
    idempotencyKey: undefined,
    receive: () => Promise.resolve({ ok: true, media: { existingId: row.id } }),
    finish: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}

function store(
  source: Promise<RecordingSource>,
  way: 'multipart' | 'resumable' | 'url',
  { services, signal }: Pick<GraphqlContext, 'services' | 'signal'>,
): Promise<ReceivedRecording> {
  const { storage, findTools, config, metrics } = services;
  const { fileBytesMax } = config.upload;
  return receiveRecording(source, { storage, findTools, fileBytesMax, signal, way, metrics });
}
