import { type DetailedError, Upload } from 'tus-js-client';
import { setBackgroundTimer } from './background-timer.js';
import { aborted, ClientError, unreachable } from './errors.js';
import { type Connection, errorOfAnswer } from './graphql-request.js';
import type { OpenedFile } from './opened-file.js';
import { findRemembered, type ResumeStore } from './resume-store.js';
import { readPieces } from './upload-pieces.js';

export interface ResumableUploadOptions {
  /** What arrived stays on the server for 24 hours: another call with the same file and store goes on with it. */
  signal?: AbortSignal | undefined;
  /** Bytes of the file sent so far, and all: undefined for a stream. */
  onUpload?: ((sentBytes: number, totalBytes: number | undefined) => void) | undefined;
  /** How long the server may be away before the upload is given up. Default 120 s. */
  unreachableSecondsMax?: number | undefined;
}

export interface ReceivedUpload {
  /** For `createTranscription({ uploadId })`. */
  id: string;
  /** Whether it went on where another call broke off. */
  resumed: boolean;
}

/** One request for each: what a broken connection costs at most, and what is held in memory. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** Nothing was sent for so long: the connection is dead, though nobody said so. */
const STALL_MILLISECONDS = 60_000;

/** Sends a file by the tus protocol. A broken connection is taken up at the byte that the server has. Throws ClientError. */
export async function uploadResumably(
  connection: Connection,
  file: OpenedFile,
  store: ResumeStore | undefined,
  { signal, onUpload, unreachableSecondsMax = 120 }: ResumableUploadOptions = {},
): Promise<ReceivedUpload> {
  if (signal?.aborted) throw aborted('The upload', signal.reason);
  const endpoint = `${connection.url}/uploads`;
  const fingerprint = file.fingerprint === undefined ? undefined : `${endpoint}-${file.fingerprint}`;
  const remembered = store && fingerprint !== undefined ? await findRemembered(store, fingerprint) : undefined;
  let dispose = (): void => undefined;
  let sentBytesMost = -1;
  let lastProgressAt = Date.now();
  const url = await new Promise<string>((resolve, reject) => {
    // Its type wants a File; what is read is what the reader gives.
    const upload = new Upload({} as Blob, {
      endpoint,
      headers: { authorization: `Bearer ${connection.apiKey}` },
      metadata: { filename: file.filename },
      chunkSize: PIECE_BYTES,
      uploadLengthDeferred: file.sizeBytes === undefined,
      fileReader: readPieces(file),
      retryDelays: planDelays(unreachableSecondsMax),
      onShouldRetry: ({ originalResponse, causingError }) =>
        !(causingError instanceof ClientError) && mayPass(originalResponse?.getStatus()),
      // Its types want a string; null is its own word for "cannot be recognised".
      fingerprint: () => Promise.resolve((fingerprint ?? null) as string),
      ...(store && { urlStorage: store }),
      storeFingerprintForResuming: store !== undefined,
      onProgress(sentBytes) {
        if (sentBytes > sentBytesMost) lastProgressAt = Date.now();
        sentBytesMost = Math.max(sentBytes, sentBytesMost);
        watch();
        onUpload?.(sentBytes, file.sizeBytes);
      },
      onSuccess: () => resolve(upload.url ?? ''),
      onError: (error) => reject(describeFailure(error, connection)),
    });
    const abort = (): void => {
      void upload.abort();
      reject(aborted('The upload', signal?.reason));
    };
    let stopWatching = (): void => undefined;
    const watch = (): void => {
      stopWatching();
      stopWatching = setBackgroundTimer(() => {
        if (Date.now() - lastProgressAt > Math.max(unreachableSecondsMax * 1000, STALL_MILLISECONDS)) {
          void upload.abort();
          return reject(new ClientError('timed-out', 'The upload stood still for too long.', { retry: 'later' }));
        }
        void upload.abort().then(() => upload.start());
        watch();
      }, STALL_MILLISECONDS);
    };
    dispose = () => {
      stopWatching();
      signal?.removeEventListener('abort', abort);
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (remembered) upload.resumeFromPreviousUpload(remembered);
    watch();
    upload.start();
  }).finally(() => dispose());
  return { id: url.slice(url.lastIndexOf('/') + 1), resumed: url === remembered?.uploadUrl };
}

/** They begin anew whenever something arrived, so their sum is how long the server may be away. */
function planDelays(secondsMax: number): number[] {
  const delays: number[] = [];
  for (let next = 250, sum = 0; sum < secondsMax * 1000; next = Math.min(next * 2, 5_000)) {
    delays.push(next);
    sum += next;
  }
  return delays;
}

/** Busy or locked by the dead connection, as opposed to refused. No status: no answer came. */
function mayPass(status: number | undefined): boolean {
  if (status === undefined || status === 0) return true;
  return [408, 409, 423, 429].includes(status) || (status >= 500 && status !== 507);
}

/** Without the library's error as a cause: it carries the request, and with it the API key. */
function describeFailure(error: Error | DetailedError, { url }: Connection): ClientError {
  const { originalResponse, causingError } = error as Partial<DetailedError>;
  if (error instanceof ClientError) return error;
  if (causingError instanceof ClientError) return causingError;
  if (!originalResponse) return unreachable(url, causingError ?? new Error(error.message));
  const status = originalResponse.getStatus();
  const refusal = errorOfAnswer(status, originalResponse.getBody());
  if (status < 400 || refusal.code !== 'request-failed' || refusal.retry === 'later') return refusal;
  return new ClientError('upload-refused', refusal.message, { serverCode: refusal.serverCode });
}
