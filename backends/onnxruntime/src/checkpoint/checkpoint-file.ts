import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { modelCorrupt, modelMissing } from './checkpoint-errors.js';

/** How much is read ahead: the header with its vocabulary is about half a megabyte of very small fields. */
const READ_AHEAD_BYTES = 65_536;

/**
 * Reads a checkpoint piece by piece.
 *
 * The largest checkpoints exceed what Node reads at once (2 GiB), and a tensor is needed only while its part of a graph is built, so nothing is kept.
 * Every read is checked against the end of the file: a truncated file is `model-corrupt`, never a short answer.
 */
export class CheckpointFile {
  readonly path: string;
  readonly sizeBytes: number;
  #descriptor: number | undefined;
  #position = 0;
  #ahead: Uint8Array = new Uint8Array(0);
  #aheadStart = 0;

  constructor(path: string) {
    this.path = path;
    try {
      this.#descriptor = openSync(path, 'r');
    } catch (cause) {
      throw modelMissing(path, cause);
    }
    const stat = fstatSync(this.#descriptor);
    if (!stat.isFile()) {
      this.close();
      throw modelMissing(path, new Error('not a file'));
    }
    this.sizeBytes = stat.size;
  }

  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.sizeBytes;
  }

  /** The next little-endian 32-bit integer. */
  readInt32(): number {
    const bytes = this.read(4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true);
  }

  /** The next `length` bytes, valid until the next read. */
  read(length: number): Uint8Array {
    const start = this.#position;
    if (length < 0 || start + length > this.sizeBytes)
      throw modelCorrupt(this.path, `it ends at byte ${this.sizeBytes}`);
    this.#position = start + length;
    if (start < this.#aheadStart || start + length > this.#aheadStart + this.#ahead.length) {
      this.#ahead = this.readAt(start, Math.min(Math.max(length, READ_AHEAD_BYTES), this.sizeBytes - start));
      this.#aheadStart = start;
    }
    return this.#ahead.subarray(start - this.#aheadStart, start - this.#aheadStart + length);
  }

  skip(length: number): void {
    if (length < 0 || this.#position + length > this.sizeBytes) {
      throw modelCorrupt(this.path, `it ends at byte ${this.sizeBytes}`);
    }
    this.#position += length;
  }

  /** A copy of the bytes at an offset; the position of `read` stays. */
  readAt(offset: number, length: number): Uint8Array {
    if (this.#descriptor === undefined) throw new Error('The checkpoint file is closed.');
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const count = readSync(this.#descriptor, bytes, done, length - done, offset + done);
      if (count === 0) throw modelCorrupt(this.path, `it ends at byte ${offset + done}`);
      done += count;
    }
    return bytes;
  }

  /** Idempotent. */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
