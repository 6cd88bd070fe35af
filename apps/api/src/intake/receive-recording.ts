import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { probeAudio, sniffContainer, SNIFF_BYTES, type AudioTools, type ProbedAudio } from '@voice-transcriber/audio';
import type { NewMedia } from '@voice-transcriber/jobs';
import { StorageError, type Storage } from '@voice-transcriber/storage';
import type { ApiMetrics } from '@voice-transcriber/telemetry/metrics';
import type { FileUpload } from 'graphql-upload-ts';
import { linkAbort } from '../live/link-abort.js';
import { displayFilename, formFilename } from './display-filename.js';
import { findUploadFailure, type UploadFailure } from './upload-failure.js';

/** Read back in pieces of this size: each costs a turn through the thread pool, so small ones halve the speed. */
const PIECE_BYTES = 2 ** 20;

/** Where the bytes of a recording come from. */
export interface RecordingSource {
  /** As its sender named it. */
  readonly filename: string;
  open(): Readable;
  /** Resolves when all of it is here, or will never be, which reading on tells. Absent: it may be read as it comes. */
  readonly whenArrived?: (signal: AbortSignal) => Promise<void>;
}

/** A file that arrives with the request. */
export async function fromUpload(upload: Promise<FileUpload>): Promise<RecordingSource> {
  const file = await upload;
  return {
    filename: formFilename(file.filename),
    open: () => openUpload(file),
    whenArrived: (signal) => finished(file.capacitor, { signal }).catch(() => undefined),
  };
}

export type ReceivedRecording =
  { readonly ok: true; readonly media: NewMedia } | { readonly ok: false; readonly failure: UploadFailure };

/**
 * Takes a file in: looks at its first bytes before the rest is stored, and examined where it lies on its way into the storage.
 *
 * A file that is refused leaves nothing behind, at whatever point. Failures that are not the sender's or the disk's are thrown.
 */
export async function receiveRecording(
  source: Promise<RecordingSource>,
  options: {
    readonly storage: Storage;
    readonly findTools: () => Promise<AudioTools>;
    readonly fileBytesMax: number;
    readonly signal: AbortSignal;
    /** How it comes. */
    readonly way: 'multipart' | 'resumable' | 'url' | 'openai';
    readonly metrics: Pick<ApiMetrics, 'uploadEnded'>;
  },
): Promise<ReceivedRecording> {
  const { storage, findTools, fileBytesMax, signal, way, metrics } = options;
  const storageKey = createStorageKey(new Date());
  const startedAt = performance.now();
  let sizeBytes = 0;
  let outcome = 'failed';
  const count = (piece: Uint8Array): void => void (sizeBytes += piece.length);
  let stream: Readable | undefined;
  // It may break off before it is awaited: a rejection that nobody handles ends the whole process.
  source.catch(() => undefined);
  try {
    const tools = await findTools();
    const file = await source.catch(throwBroken);
    stream = file.open();
    stream.on('error', () => undefined);
    const head = await readHead(stream, signal);
    const container = sniffContainer(head);
    // Copying what has just come in, piece for small piece beside it, keeps the process from answering others for twice as long.
    await file.whenArrived?.(signal);
    let probed: ProbedAudio | undefined;
    const blob = await storage.put(storageKey, prepend(head, stream, count), {
      sizeBytesMax: fileBytesMax,
      signal,
      examine: async (path) => {
        probed = await probeAudio(path, { container, tools, signal });
      },
    });
    if (probed === undefined) throw new Error('The storage kept a recording that was not looked at.');
    outcome = 'accepted';
    return {
      ok: true,
      media: {
        storageKey,
        ...blob,
        filename: displayFilename(file.filename),
        container: container.container,
        codec: probed.codec,
        durationSeconds: probed.durationSeconds ?? null,
        channels: probed.channels,
        sampleRateHz: probed.sampleRateHz,
        probe: { ...probed.facts },
      },
    };
  } catch (error) {
    await storage.delete(storageKey);
    const failure = findUploadFailure(error, { fileBytesMax, signal });
    if (failure === undefined) throw error;
    outcome = failure.code;
    return { ok: false, failure };
  } finally {
    stream?.destroy();
    metrics.uploadEnded({ way, outcome, sizeBytes, durationSeconds: (performance.now() - startedAt) / 1000 });
  }
}

/** The bytes of an upload. The spool file's reader never hears of a failed write (a full disk): without this it would wait for ever. */
export function openUpload(file: FileUpload): Readable {
  const stream = createReadStream(file);
  stream.on('error', () => undefined);
  file.capacitor.once('error', (error) => stream.destroy(error));
  return stream;
}

/** Throws at once when the upload has failed already. */
function createReadStream(file: FileUpload): Readable {
  try {
    return file.createReadStream({ highWaterMark: PIECE_BYTES });
  } catch (error) {
    return throwBroken(error);
  }
}

/** Whatever the parser says is about what the sender sent; its words stay below as the cause. */
function throwBroken(cause: unknown): never {
  throw new StorageError('upload-aborted', 'The upload was broken off.', { cause });
}

async function readHead(stream: Readable, signal: AbortSignal): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  while (sizeBytes < SNIFF_BYTES) {
    const piece = stream.read() as Buffer | null;
    if (piece !== null) {
      pieces.push(piece);
      sizeBytes += piece.length;
    } else if (stream.errored !== null) {
      throwBroken(stream.errored);
    } else if (stream.readableEnded || stream.destroyed) {
      break;
    } else {
      await readableOrEnd(stream, signal);
    }
  }
  return Buffer.concat(pieces);
}

async function readableOrEnd(stream: Readable, signal: AbortSignal): Promise<void> {
  const settled = new AbortController();
  const { signal: either, unlink } = linkAbort(signal, settled.signal);
  try {
    await Promise.race(['readable', 'end', 'close'].map((event) => once(stream, event, { signal: either })));
  } finally {
    settled.abort();
    unlink();
  }
}

async function* prepend(
  head: Buffer,
  rest: Readable,
  onPiece: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  onPiece(head);
  yield head;
  for await (const piece of rest as AsyncIterable<Uint8Array>) {
    onPiece(piece);
    yield piece;
  }
}

function createStorageKey(now: Date): string {
  return `uploads/${now.getUTCFullYear()}/${String(now.getUTCMonth() + 1).padStart(2, '0')}/${randomUUID()}`;
}

/** Reads a file to its end without keeping it, so that its sender gets to read our answer. */
export async function discardFile(upload: Promise<FileUpload>): Promise<void> {
  try {
    const stream = openUpload(await upload);
    stream.resume();
    await once(stream, 'close');
  } catch {
    // Broken off: there is nothing to discard any more.
  }
}
