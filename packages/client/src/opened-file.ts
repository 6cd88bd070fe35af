/**
 * A recording: a path (Node only), a File or Blob, or a stream of bytes (web streams, Node's streams, any async iterable). A stream can be read once, so nothing
 * of it is sent a second time by itself when another process has to go on.
 */
export type FileInput = string | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

export interface OpenedFile {
  readonly filename: string;
  /** Undefined for a stream. */
  readonly sizeBytes: number | undefined;
  /** Equal for the same unchanged file; undefined when it cannot be recognised again. */
  readonly fingerprint: string | undefined;
  /** The input itself, where it is one: browsers send it without reading it first. */
  readonly blob?: Blob;
  /** From one byte to before another; less only at the end. A stream is read forwards: what was given away cannot be read again. */
  read(startByte: number, endByte: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Of what has no name. */
export const DEFAULT_FILENAME = 'recording';
