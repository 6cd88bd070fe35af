import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { HyperParameters } from '../checkpoint/hyper-parameters.js';
import type { MelFilters } from '../checkpoint/read-checkpoint.js';
import { FORMAT_NUMBERS, tensorBytes, type TensorFormat } from '../checkpoint/tensor-format.js';

const GGML_MAGIC = 0x67676d6c;

/** Numbers of `enum ggml_ftype`, which the header carries for the file as a whole. */
const FILE_FORMAT_NUMBERS: Readonly<Record<TensorFormat, number>> = {
  f32: 0,
  f16: 1,
  q4_0: 2,
  q4_1: 3,
  q8_0: 7,
  q5_0: 8,
  q5_1: 9,
};
/** Quantised files also carry the version of their block structures, in thousands. */
const QUANTIZATION_VERSION = 2000;

export interface CheckpointHeader {
  readonly hyperParameters: HyperParameters;
  readonly melFilters: MelFilters;
  readonly tokens: readonly Uint8Array[];
  /** Of the large matrices. */
  readonly format: TensorFormat;
}

/**
 * Writes a ggml checkpoint piece by piece, so that memory does not grow with the file.
 *
 * The file takes its name when it is whole: `finish` renames it, `abandon` removes what there is.
 */
export class CheckpointWriter {
  readonly #path: string;
  readonly #descriptor: number;
  #bytesExpected = 0;

  constructor(path: string, { hyperParameters, melFilters, tokens, format }: CheckpointHeader) {
    this.#path = path;
    this.#descriptor = openSync(this.#partPath, 'w');
    const shape = hyperParameters;
    this.#integers(
      GGML_MAGIC,
      ...[shape.vocabularySize, shape.audioContext, shape.audioState, shape.audioHeads, shape.audioLayers],
      ...[shape.textContext, shape.textState, shape.textHeads, shape.textLayers, shape.melBins],
      FILE_FORMAT_NUMBERS[format] + (format.startsWith('q') ? QUANTIZATION_VERSION : 0),
      ...[melFilters.bins, melFilters.frequencies],
    );
    const { buffer, byteOffset, byteLength } = melFilters.weights;
    this.#write(new Uint8Array(buffer, byteOffset, byteLength));
    this.#integers(tokens.length);
    this.#write(Buffer.concat(tokens.flatMap((token) => [integers(token.length), Buffer.from(token)])));
  }

  /** Begins a tensor; its bytes follow in any number of pieces. `shape` has the outermost dimension first. */
  beginTensor(name: string, format: TensorFormat, shape: readonly number[]): void {
    this.#expectWhole();
    this.#bytesExpected =
      tensorBytes(
        format,
        shape.reduce((product, size) => product * size, 1),
      ) ?? 0;
    this.#integers(shape.length, name.length, FORMAT_NUMBERS[format], ...[...shape].reverse());
    this.#write(Buffer.from(name, 'latin1'));
  }

  writeTensorBytes(bytes: Uint8Array): void {
    this.#bytesExpected -= bytes.length;
    this.#write(bytes);
  }

  finish(): void {
    this.#expectWhole();
    closeSync(this.#descriptor);
    renameSync(this.#partPath, this.#path);
  }

  abandon(): void {
    closeSync(this.#descriptor);
    rmSync(this.#partPath, { force: true });
  }

  get #partPath(): string {
    return `${this.#path}.part`;
  }

  #expectWhole(): void {
    if (this.#bytesExpected !== 0) throw new Error(`The tensor lacks ${this.#bytesExpected} bytes.`);
  }

  #integers(...values: number[]): void {
    this.#write(integers(...values));
  }

  #write(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) done += writeSync(this.#descriptor, bytes, done, bytes.length - done);
  }
}

function integers(...values: number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer);
}
