import type { IncomingMessage, ServerResponse } from 'node:http';
import { processRequest, Upload } from 'graphql-upload-ts';
import { RequestProblem } from './request-problem.js';

/** `operations` and `map` together with the boundaries: more than any real operation needs. */
export const MULTIPART_OVERHEAD_BYTES_MAX = 1_000_000;
/** Left free for the database and the work files. */
const DISK_RESERVE_BYTES = 64 * 2 ** 20;

export interface ParsedOperation {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}

/** Refuses what says itself that it is too large, before a byte of it is read. */
export function assertLengthAllowed(
  request: IncomingMessage,
  { fileBytesMax, limitVariable }: { fileBytesMax: number; limitVariable: string },
): void {
  const length = declaredLength(request);
  if (length === undefined || length <= fileBytesMax + MULTIPART_OVERHEAD_BYTES_MAX) return;
  throw new RequestProblem(413, 'file-too-large', fileTooLargeMessage(fileBytesMax, limitVariable), {
    details: { maxFileBytes: fileBytesMax },
  });
}

/** A body lies on the disk twice for a moment: in the parser's spool file and in the storage. */
export function assertDiskHasRoom(request: IncomingMessage, { freeBytes }: { freeBytes: number }): void {
  assertRoomFor(declaredLength(request) ?? 0, { freeBytes });
}

/** Throws `disk-full` when a file of this size would not fit twice. */
export function assertRoomFor(sizeBytes: number, { freeBytes }: { freeBytes: number }): void {
  if (freeBytes >= 2 * sizeBytes + DISK_RESERVE_BYTES) return;
  throw new RequestProblem(507, 'disk-full', DISK_FULL_MESSAGE, { headers: { 'retry-after': '60' } });
}

export const DISK_FULL_MESSAGE =
  'The disk of the server is too full for this file. Delete old transcriptions or free space, then try again.';

export function fileTooLargeMessage(fileBytesMax: number, limitVariable = 'MAX_FILE_SIZE'): string {
  return `The file is larger than the ${fileBytesMax} bytes that the server accepts. Send a smaller or compressed file, or raise ${limitVariable}.`;
}

/**
 * Reads the fields of a GraphQL multipart request up to where its file begins; the file then streams in behind. Whatever happens, its spool
 * file is gone once the response is closed: also when the file begins only after the answer.
 */
export async function readMultipartOperation(
  request: IncomingMessage,
  response: ServerResponse,
  { fileBytesMax, signal }: { readonly fileBytesMax: number; readonly signal: AbortSignal },
): Promise<ParsedOperation> {
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = (): void => reject(stalledProblem());
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
  const operation = await Promise.race([
    processRequest<ParsedOperation | ParsedOperation[]>(request, response, {
      maxFiles: 1,
      maxFileSize: fileBytesMax,
      maxFieldSize: MULTIPART_OVERHEAD_BYTES_MAX,
    }).catch((error: unknown) => {
      throw toProblem(error);
    }),
    aborted,
  ]);
  if (Array.isArray(operation)) {
    throw new RequestProblem(400, 'request-invalid', 'Send one operation per request: batching is off.');
  }
  for (const upload of findUploads(operation.variables)) releaseWithResponse(upload, response);
  return operation;
}

function releaseWithResponse(upload: Upload, response: ServerResponse): void {
  const release = (): void => {
    upload.promise.then(
      (file) => file.capacitor.release(),
      () => undefined,
    );
  };
  if (response.closed) release();
  else response.once('close', release);
}

function findUploads(value: unknown): Upload[] {
  if (value instanceof Upload) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(findUploads);
}

function declaredLength(request: IncomingMessage): number | undefined {
  const length = Number(request.headers['content-length']);
  return Number.isFinite(length) ? length : undefined;
}

function stalledProblem(): RequestProblem {
  return new RequestProblem(
    408,
    'upload-stalled',
    'The upload stopped arriving. Check the connection and send it again.',
  );
}

function toProblem(error: unknown): RequestProblem {
  const status = (error as { status?: unknown }).status;
  const reason = error instanceof Error ? error.message : String(error);
  return new RequestProblem(
    status === 413 ? 413 : 400,
    status === 413 ? 'request-too-large' : 'request-invalid',
    `The multipart request could not be read: ${reason} Send "operations", "map", then one file.`,
  );
}
