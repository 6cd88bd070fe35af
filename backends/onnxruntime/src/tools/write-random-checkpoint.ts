import type { HyperParameters } from '../checkpoint/hyper-parameters.js';
import { quantize } from '../checkpoint/quantize.js';
import { readCheckpoint } from '../checkpoint/read-checkpoint.js';
import { tensorBytes, type TensorFormat } from '../checkpoint/tensor-format.js';
import { createRandom } from '../decoding/probabilities.js';
import { listTensors, storedFormat, type TensorPlan } from './checkpoint-layout.js';
import { CheckpointWriter } from './checkpoint-writer.js';
import { createMelFilters } from './mel-filter-bank.js';

/** Random numbers that all tensors are cut from: not a power of two, so that rows of a matrix do not repeat. */
const POOL_LENGTH = 32 * 31_013;

export interface RandomCheckpointOptions {
  readonly hyperParameters: HyperParameters;
  readonly format: TensorFormat;
  /** A checkpoint whose vocabulary, and filters where their number fits, the new one takes. */
  readonly vocabularyPath: string;
  readonly seed?: number;
}

/**
 * Writes a checkpoint of the right shape whose weights are random: it loads and runs at the speed and in the memory of a real one, and says nonsense.
 *
 * Weights are drawn so that activations keep their size from layer to layer, and positions outweigh tokens, so that the text does not stick to one token.
 */
export function writeRandomCheckpoint(path: string, options: RandomCheckpointOptions): void {
  const { hyperParameters, format, vocabularyPath, seed = 1 } = options;
  const source = readCheckpoint(vocabularyPath);
  const melFilters =
    source.melFilters.bins === hyperParameters.melBins ? source.melFilters : createMelFilters(hyperParameters.melBins);
  source.close();
  const writer = new CheckpointWriter(path, { hyperParameters, melFilters, tokens: source.tokens, format });
  try {
    const pool = new RandomPool(seed);
    for (const plan of listTensors(hyperParameters)) {
      const stored = storedFormat(plan, format);
      writer.beginTensor(plan.name, stored, plan.shape);
      for (const piece of pool.pieces(plan, stored)) writer.writeTensorBytes(piece);
    }
    writer.finish();
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** Stretches of the same random numbers, stored once per format and size. */
class RandomPool {
  readonly #random: () => number;
  readonly #numbers: Float32Array;
  readonly #stored = new Map<string, Uint8Array>();

  constructor(seed: number) {
    this.#random = createRandom(seed);
    this.#numbers = Float32Array.from({ length: POOL_LENGTH }, () => 2 * this.#random() - 1);
  }

  /** The bytes of one tensor, in pieces that together have its size. */
  *pieces(plan: TensorPlan, format: TensorFormat): Generator<Uint8Array> {
    const length = plan.shape.reduce((product, size) => product * size, 1);
    if (/ln(_post)?\.weight$/.test(plan.name)) {
      yield quantize(format, new Float32Array(length).fill(1));
      return;
    }
    const pool = this.#store(format, magnitude(plan));
    const start = Math.floor(this.#random() * (POOL_LENGTH / 32)) * 32;
    let offset = bytesOf(format, start);
    let rest = bytesOf(format, length);
    while (rest > 0) {
      const piece = pool.subarray(offset, Math.min(pool.length, offset + rest));
      yield piece;
      rest -= piece.length;
      offset = 0;
    }
  }

  #store(format: TensorFormat, scale: number): Uint8Array {
    const key = `${format} ${scale}`;
    const known = this.#stored.get(key);
    if (known !== undefined) return known;
    const bytes = quantize(
      format,
      this.#numbers.map((value) => value * scale),
    );
    this.#stored.set(key, bytes);
    return bytes;
  }
}

/** The largest number in a tensor. A uniform number has a variance of a third. */
function magnitude({ name, shape }: TensorPlan): number {
  if (name.endsWith('positional_embedding')) return 1;
  if (name.endsWith('.bias')) return 0.01;
  if (name === 'decoder.token_embedding.weight') return 0.02;
  return Math.sqrt(3 / shape.slice(1).reduce((product, size) => product * size, 1));
}

function bytesOf(format: TensorFormat, length: number): number {
  const sizeBytes = tensorBytes(format, length);
  if (sizeBytes === undefined) throw new RangeError(`${length} numbers do not fill blocks of ${format}.`);
  return sizeBytes;
}
