import type { Tensor } from 'onnxruntime-node';
import { HEAD_SIZE, type HyperParameters } from '../checkpoint/hyper-parameters.js';
import type { IntegerArithmetic } from '../graphs/graph-context.js';
import type { Runtime } from './runtime.js';

/** Keys and values of self attention grow by this many positions at a time. */
const POSITIONS_STEP = 64;

/** Bytes that one slot takes when it holds `positions` tokens. */
export function slotBytes(shape: HyperParameters, positions: number): number {
  const crossBytes = 2 * shape.textState * (shape.audioContext + 4);
  const selfBytes = 2 * shape.textState * positions * 4;
  return shape.textLayers * (crossBytes + selfBytes);
}

/**
 * What the decoder remembers of each slot, slot after slot in one array per layer and kind, so that the first n slots are one tensor without copying.
 *
 * Cross attention (bytes, and a scale per head and channel) is written by the encoder straight into its slot. Self attention (floats) is
 * written a token at a time; keys lie transposed, [heads, 64, positions], as the product with a query wants them.
 */
export class SlotMemory {
  readonly #runtime: Runtime;
  readonly #shape: HyperParameters;
  readonly #slots: number;
  readonly #crossType: 'int8' | 'uint8';
  readonly #cross: {
    key: Int8Array | Uint8Array;
    value: Int8Array | Uint8Array;
    keyScale: Float32Array;
    valueScale: Float32Array;
  }[];
  #self: { key: Float32Array; value: Float32Array }[] = [];
  #positions = 0;
  readonly #feedsByCount = new Map<number, Record<string, Tensor>>();

  constructor(runtime: Runtime, shape: HyperParameters, slots: number, arithmetic: IntegerArithmetic) {
    this.#runtime = runtime;
    this.#shape = shape;
    this.#slots = slots;
    this.#crossType = arithmetic === 'dot-product' ? 'int8' : 'uint8';
    const bytes = (): Int8Array | Uint8Array => {
      const length = slots * this.#crossLength;
      return this.#crossType === 'int8' ? new Int8Array(length) : new Uint8Array(length);
    };
    const scales = (): Float32Array => new Float32Array(slots * shape.textState);
    this.#cross = Array.from({ length: shape.textLayers }, () => ({
      key: bytes(),
      value: bytes(),
      keyScale: scales(),
      valueScale: scales(),
    }));
    this.#reserve(POSITIONS_STEP, 0);
  }

  /** Positions that the self attention arrays hold per slot. */
  get positions(): number {
    return this.#positions;
  }

  /** Makes room for a position in the first `count` slots; what they hold is kept. */
  reserve(position: number, count: number): void {
    if (position < this.#positions) return;
    this.#reserve(
      Math.min(this.#shape.textContext, POSITIONS_STEP * Math.ceil((position + 1) / POSITIONS_STEP)),
      count,
    );
  }

  /** Gives back what long texts took. Only when no slot is in use. */
  shrink(): void {
    if (this.#positions > POSITIONS_STEP) this.#reserve(POSITIONS_STEP, 0);
  }

  /** The decoder's inputs for `count` slots from `first`. */
  feeds(first: number, count: number): Record<string, Tensor> {
    const known = first === 0 ? this.#feedsByCount.get(count) : undefined;
    if (known !== undefined) return known;
    const { textHeads, textState } = this.#shape;
    const feeds = this.#crossTensors(first, count);
    const length = textState * this.#positions;
    this.#self.forEach(({ key, value }, layer) => {
      const range = [first * length, (first + count) * length] as const;
      feeds[`self_key_${layer}`] = this.#runtime.tensor('float32', key.subarray(...range), [
        count,
        textHeads,
        HEAD_SIZE,
        this.#positions,
      ]);
      feeds[`self_value_${layer}`] = this.#runtime.tensor('float32', value.subarray(...range), [
        count,
        textHeads,
        this.#positions,
        HEAD_SIZE,
      ]);
    });
    if (first === 0) this.#feedsByCount.set(count, feeds);
    return feeds;
  }

  /** Where the encoder writes a slot. */
  encoderOutputs(slot: number): Record<string, Tensor> {
    return this.#crossTensors(slot, 1);
  }

  /**
   * Keeps the keys and values of one new position. `source` holds [layers, 2, state] from `offset`.
   */
  store(slot: number, position: number, source: Float32Array, offset: number): void {
    const { textState, textHeads } = this.#shape;
    const positions = this.#positions;
    this.#self.forEach(({ key, value }, layer) => {
      const start = offset + layer * 2 * textState;
      for (let channel = 0; channel < textState; channel++) {
        key[(slot * textState + channel) * positions + position] = source[start + channel] as number;
      }
      for (let head = 0; head < textHeads; head++) {
        const from = start + textState + head * HEAD_SIZE;
        value.set(
          source.subarray(from, from + HEAD_SIZE),
          ((slot * textHeads + head) * positions + position) * HEAD_SIZE,
        );
      }
    });
  }

  /** Copies a slot over another. */
  move(from: number, to: number): void {
    if (from === to) return;
    const copy = (array: Float32Array | Int8Array | Uint8Array): void => {
      const length = array.length / this.#slots;
      array.copyWithin(to * length, from * length, (from + 1) * length);
    };
    for (const layer of this.#cross) Object.values(layer).forEach(copy);
    for (const layer of this.#self) Object.values(layer).forEach(copy);
  }

  get #crossLength(): number {
    return this.#shape.textState * this.#shape.audioContext;
  }

  #crossTensors(first: number, count: number): Record<string, Tensor> {
    const { textHeads, textState, audioContext } = this.#shape;
    const range = [first * this.#crossLength, (first + count) * this.#crossLength] as const;
    const scaleRange = [first * textState, (first + count) * textState] as const;
    const scaleShape = [count, textHeads, 1, HEAD_SIZE];
    const tensors: Record<string, Tensor> = {};
    this.#cross.forEach(({ key, value, keyScale, valueScale }, layer) => {
      const bytes = (array: Int8Array | Uint8Array, shape: readonly number[]): Tensor =>
        this.#runtime.tensor(this.#crossType, array.subarray(...range), shape);
      tensors[`cross_key_${layer}`] = bytes(key, [count, textHeads, HEAD_SIZE, audioContext]);
      tensors[`cross_value_${layer}`] = bytes(value, [count, textHeads, audioContext, HEAD_SIZE]);
      tensors[`cross_key_scale_${layer}`] = this.#runtime.tensor(
        'float32',
        keyScale.subarray(...scaleRange),
        scaleShape,
      );
      tensors[`cross_value_scale_${layer}`] = this.#runtime.tensor(
        'float32',
        valueScale.subarray(...scaleRange),
        scaleShape,
      );
    });
    return tensors;
  }

  #reserve(positions: number, count: number): void {
    const { textState, textLayers, textHeads } = this.#shape;
    const length = this.#slots * textState * positions;
    const before = this.#positions;
    this.#self = Array.from({ length: textLayers }, (_, layer) => {
      const key = new Float32Array(length);
      const value = new Float32Array(length);
      const old = this.#self[layer];
      if (old !== undefined && count > 0) {
        for (let row = 0; row < count * textState; row++) {
          key.set(old.key.subarray(row * before, (row + 1) * before), row * positions);
        }
        for (let row = 0; row < count * textHeads; row++) {
          const rowLength = before * HEAD_SIZE;
          value.set(old.value.subarray(row * rowLength, (row + 1) * rowLength), row * positions * HEAD_SIZE);
        }
      }
      return { key, value };
    });
    this.#positions = positions;
    this.#feedsByCount.clear();
  }
}
