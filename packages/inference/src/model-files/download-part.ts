import { ModelStoreError } from './model-store-error.js';
import { openMirrorFile, wrongAnswer } from './open-mirror-file.js';
import { GGML_MAGIC } from './read-ggml-file.js';
import type { PartFile } from './part-file.js';
import type { Validator } from './part-journal.js';
import { StallWatch } from './stall-watch.js';

export interface DownloadOptions {
  readonly address: URL;
  /** The length of the whole file, known before. */
  readonly fileBytes: number;
  /** How long the server may take to begin an answer. */
  readonly answerSecondsMax: number;
  /** How long it may send next to nothing. */
  readonly stallSecondsMax: number;
  readonly signal: AbortSignal;
  readonly onBytes: (bytesDone: number) => void;
}

/** The server could not serve now; the same request may be answered later. */
export class MirrorBusyError extends Error {
  override readonly name = 'MirrorBusyError';
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, retryAfterSeconds: number | undefined) {
    super(`it answered with status ${status}`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * One request for what is missing of a part file. Resolves when the file is whole (its checksum is another matter).
 *
 * What came before an interruption stays. It is thrown away when the server ignores the range, or has another version of the file by now.
 * Throws ModelStoreError for what no repetition mends, and MirrorBusyError, `download-stalled` or the network's error for what one may.
 */
export async function downloadPart(part: PartFile, options: DownloadOptions): Promise<void> {
  const { address, fileBytes } = options;
  const watch = new StallWatch(options);
  try {
    const response = await openMirrorFile(address, requestHeaders(part), watch.signal);
    watch.answered();
    try {
      await begin(part, response, options);
      for await (const bytes of bodyOf(response)) {
        if (part.bytes === 0 && !beginsLikeModel(bytes)) throw wrongAnswer(address, 'is no model in ggml format');
        if (part.bytes + bytes.length > fileBytes) {
          throw wrongAnswer(address, `sends more than the ${fileBytes} bytes of the official file`);
        }
        await part.write(bytes);
        watch.received(bytes.length);
        options.onBytes(part.bytes);
      }
    } finally {
      await response.body?.cancel().catch(() => undefined);
    }
    if (part.bytes < fileBytes) throw new Error(`it ended after ${part.bytes} of ${fileBytes} bytes`);
  } catch (error) {
    // What aborted the request tells more than that it was aborted.
    throw watch.signal.aborted ? watch.signal.reason : error;
  } finally {
    watch.dispose();
    await part.sync();
  }
}

function requestHeaders(part: PartFile): Record<string, string> {
  const common = {
    accept: 'application/octet-stream, */*',
    'accept-encoding': 'identity',
    'user-agent': 'voice-transcriber',
  };
  if (part.bytes === 0) return common;
  const validator = strongValidator(part.validator);
  return {
    ...common,
    range: `bytes=${part.bytes}-`,
    ...(validator !== undefined && { 'if-range': validator }),
  };
}

/** If-Range takes no weak entity tags (RFC 9110, 13.1.5); a date is second best. */
function strongValidator({ etag, lastModified }: Validator): string | undefined {
  return etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
}

/** Reads the head of the answer and brings the part file to where its body begins. */
async function begin(part: PartFile, response: Response, { address, fileBytes }: DownloadOptions): Promise<void> {
  const { status, headers } = response;
  if (status === 416 && part.bytes > 0) {
    // The server's file ends before our part does.
    await part.restart({});
    throw new Error('its file is shorter than what was fetched');
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    throw new MirrorBusyError(status, retryAfterSeconds(headers));
  }
  if (status !== 200 && status !== 206) {
    throw new ModelStoreError(
      'mirror-refused',
      `${address.href} answered with status ${status}. Check MODEL_MIRROR, or import the file (vt models import FILE).`,
    );
  }
  if (headers.get('content-type')?.toLowerCase().startsWith('text/') === true) {
    throw wrongAnswer(address, 'is a page of text and no model');
  }
  if (headers.has('content-encoding')) throw wrongAnswer(address, 'sends the file in another encoding');
  const validator = validatorOf(headers);
  if (status === 200) {
    const length = headers.get('content-length');
    if (length !== null && Number(length) !== fileBytes) {
      throw wrongAnswer(address, `has ${length} bytes where the official file has ${fileBytes}`);
    }
    await part.restart(validator);
    return;
  }
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (range?.[3] !== undefined && range[3] !== '*' && Number(range[3]) !== fileBytes) {
    throw wrongAnswer(address, `has ${range[3]} bytes where the official file has ${fileBytes}`);
  }
  if (Number(range?.[1]) !== part.bytes || isOtherVersion(part.validator, validator)) {
    await part.restart({});
    throw new Error('its file has changed');
  }
  part.noteResumed();
}

function validatorOf(headers: Headers): Validator {
  const etag = headers.get('etag');
  const lastModified = headers.get('last-modified');
  return { ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) };
}

/** Some servers send the range although the file is another one. */
function isOtherVersion(before: Validator, now: Validator): boolean {
  if (before.etag !== undefined && now.etag !== undefined) return before.etag !== now.etag;
  return (
    before.lastModified !== undefined && now.lastModified !== undefined && before.lastModified !== now.lastModified
  );
}

/** A sign-in page under a model's name is noticed with its first bytes, whatever length and type it claims. */
function beginsLikeModel(bytes: Uint8Array): boolean {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(GGML_MAGIC);
  return magic.subarray(0, bytes.length).equals(bytes.subarray(0, magic.length));
}

function retryAfterSeconds(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

async function* bodyOf(response: Response): AsyncGenerator<Uint8Array, void, undefined> {
  if (response.body !== null) yield* response.body as unknown as AsyncIterable<Uint8Array>;
}
