import { AudioError, type AudioErrorCode } from '@voice-transcriber/audio';
import { OutboundError } from '@voice-transcriber/outbound';
import { StorageError } from '@voice-transcriber/storage';
import { DISK_FULL_MESSAGE, fileTooLargeMessage } from '../http/multipart-operation.js';

export const UPLOAD_FAILURE_CODES = [
  'file-empty',
  'file-not-audio',
  'file-truncated',
  'file-too-large',
  'playlist-refused',
  'container-unsupported',
  'disk-full',
  'upload-aborted',
  'upload-missing',
  'upload-stalled',
  'url-failed',
] as const;
export type UploadFailureCode = (typeof UPLOAD_FAILURE_CODES)[number];

/** Why a file was not accepted. Nothing of it is kept. */
export interface UploadFailure {
  readonly __typename: 'UploadError';
  readonly code: UploadFailureCode;
  /** Says what to do. */
  readonly message: string;
  readonly maxFileBytes: number | null;
}

const FILE_MISSING_MESSAGE =
  'The request holds no file where "map" says so. Send it as the last part of the multipart request, with a filename.';

/** What a probe finds out about a file, in the words of an upload. */
const AUDIO_FAILURES: Partial<Record<AudioErrorCode, UploadFailureCode>> = {
  'file-empty': 'file-empty',
  'file-not-audio': 'file-not-audio',
  'file-truncated': 'file-truncated',
  'playlist-refused': 'playlist-refused',
  'container-unsupported': 'container-unsupported',
  'decode-failed': 'file-not-audio',
};

export function uploadFailure(code: UploadFailureCode, message: string, maxFileBytes?: number): UploadFailure {
  return { __typename: 'UploadError', code, message, maxFileBytes: maxFileBytes ?? null };
}

/** Tells whose fault a failed upload is: the sender's or the disk's becomes an answer; anything else is ours and comes back undefined. */
export function findUploadFailure(
  error: unknown,
  {
    fileBytesMax,
    limitVariable,
    signal,
  }: { readonly fileBytesMax: number; readonly limitVariable?: string; readonly signal: AbortSignal },
): UploadFailure | undefined {
  if (signal.aborted) {
    return signal.reason === 'upload-stalled'
      ? uploadFailure('upload-stalled', 'The upload stopped arriving. Check the connection and send the file again.')
      : uploadFailure('upload-aborted', 'The upload was broken off. Send the file again.');
  }
  if (error instanceof AudioError) {
    const code = AUDIO_FAILURES[error.code];
    return code && uploadFailure(code, error.message);
  }
  const outside = chainOf(error).find((link) => link instanceof OutboundError);
  if (outside !== undefined) return uploadFailure('url-failed', outside.message);
  if (isMissing(error)) return uploadFailure('file-empty', FILE_MISSING_MESSAGE);
  if (isTooLarge(error)) {
    return uploadFailure('file-too-large', fileTooLargeMessage(fileBytesMax, limitVariable), fileBytesMax);
  }
  if (isDiskFull(error)) return uploadFailure('disk-full', DISK_FULL_MESSAGE);
  if (error instanceof StorageError && error.code === 'upload-aborted') {
    return uploadFailure('upload-aborted', 'The upload was broken off. Send the file again.');
  }
  return undefined;
}

function isMissing(error: unknown): boolean {
  return chainOf(error).some((link) => (link as { status?: unknown }).status === 400);
}

/** The parser's limit comes as an HTTP error, wrapped by whoever was reading the stream. */
function isTooLarge(error: unknown): boolean {
  return chainOf(error).some(
    (link) =>
      (link instanceof StorageError && link.code === 'blob-too-large') || (link as { status?: unknown }).status === 413,
  );
}

function isDiskFull(error: unknown): boolean {
  return chainOf(error).some((link) => {
    const { code } = link as { code?: unknown };
    return code === 'storage-full' || code === 'ENOSPC' || code === 'EDQUOT';
  });
}

function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let link = error; link instanceof Error && chain.length < 10; link = link.cause) chain.push(link);
  return chain;
}
