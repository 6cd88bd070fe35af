import type { Tensor } from 'onnxruntime-node';
import { HEAD_SIZE, type HyperParameters } from '../checkpoint/hyper-parameters.js';
import type { Arithmetic } from '../graphs/graph-context.js';
import {
  CROSS_TYPES,
  type CrossArray,
  type CrossType,
  type EncodedLayer,
  type EncodedWindow,
} from './encoded-window.js';
import type { Runtime } from './runtime.js';

/** Keys and values of self attention grow by this many positions at a time. */
const POSITIONS_STEP = 64;

/** In place of the offset of a frame that a slot does not have: the frame's score becomes so low that it gets no weight. */
const NO_FRAME = 2 ** 30;

/** Bytes that one slot takes when it holds `positions` tokens of a window of full length. */
export function slotBytes(shape: HyperParameters, positions: number, arithmetic: Arithmetic): number {
  const perValue = arithmetic === 'float' ? 4 : 1;
  const crossBytes =
    2 * shape.textState * (perValue * shape.audioContext + 4) + 4 * shape.textHeads * shape.audioContext;
  const selfBytes = 2 * shape.textState * positions * 4;
  return shape.textLayers * (crossBytes + selfBytes);
}

/**
 * What the decoder remembers of each slot, slot after slot in one array per layer and kind, so that the first n slots are one tensor without copying.
 *
 * Cross attention (bytes, and a scale per head and channel; or floats alone) is copied in once a window is encoded. Self attention (floats) is
 * written a token at a time; keys lie transposed, [heads, 64, positions], as the product with a query wants them.
 *
 * Slots hold as many frames and positions as the largest of them needs. The arrays are made for the largest there can be, which costs address space only:
 * the system gives memory to what is written. Growing moves rows apart inside them.
 */
export class SlotMemory {
  readonly #runtime: Runtime;
  readonly #shape: HyperParameters;
  readonly #crossType: CrossType;
  readonly #cross: readonly EncodedLayer[];
  readonly #self: readonly { readonly key: Float32Array; readonly value: Float32Array }[];
  #frames = 0;
  #positions = POSITIONS_STEP;
  readonly #feedsByCount = new Map<number, Record<string, Tensor>>();

  constructor(runtime: Runtime, shape: HyperParameters, slots: number, arithmetic: Arithmetic) {
    const { textState, textHeads, textLayers, textContext, audioContext } = shape;
    this.#runtime = runtime;
    this.#shape = shape;
    this.#crossType = CROSS_TYPES[arithmetic];
    const values = (): CrossArray => createArray(this.#crossType, slots * textState * audioContext);
    this.#cross = Array.from({ length: textLayers }, () => ({
      key: values(),
      value: values(),
      offset: new Int32Array(slots * textHeads * audioContext),
      keyScale: new Float32Array(slots * textState),
      valueScale: new Float32Array(slots * textState),
    }));
    this.#self = Array.from({ length: textLayers }, () => ({
      key: new Float32Array(slots * textState * textContext),
      value: new Float32Array(slots * textState * textContext),
    }));
  }

  /** Frames that each slot has room for. */
  get frames(): number {
    return this.#frames;
  }

  /** Positions of self attention that each slot has room for. */
  get positions(): number {
    return this.#positions;
  }

  /** Makes room for a position; what the first `count` slots hold is kept. */
  reservePosition(position: number, count: number): void {
    if (position < this.#positions) return;
    const { textContext, textState, textHeads } = this.#shape;
    const before = this.#positions;
    const after = Math.min(textContext, POSITIONS_STEP * Math.ceil((position + 1) / POSITIONS_STEP));
    for (const { key, value } of this.#self) {
      moveRowsApart(key, count * textState, before, after);
      moveRowsApart(value, count * textHeads, before * HEAD_SIZE, after * HEAD_SIZE);
    }
    this.#positions = after;
    this.#feedsByCount.clear();
  }

  /** Makes room for windows of this many frames; what the first `count` slots hold is kept. */
  #reserveFrames(frames: number, count: number): void {
    if (frames <= this.#frames) return;
    this.#spreadFrames(0, count, this.#frames, frames);
    this.#frames = frames;
    this.#feedsByCount.clear();
  }

  /** Forgets how much room was needed. Only when no slot is in use. */
  reset(): void {
    this.#frames = 0;
    this.#positions = POSITIONS_STEP;
    this.#feedsByCount.clear();
  }

  /** The decoder's inputs for `count` slots from `first`. */
  feeds(first: number, count: number): Record<string, Tensor> {
    const known = first === 0 ? this.#feedsByCount.get(count) : undefined;
    if (known !== undefined) return known;
    const { textHeads, textState } = this.#shape;
    const feeds = this.#crossTensors(first * this.#frames, first, count, this.#frames);
    const length = textState * this.#positions;
    const range = [first * length, (first + count) * length] as const;
    this.#self.forEach(({ key, value }, layer) => {
      const keyShape = [count, textHeads, HEAD_SIZE, this.#positions];
      const valueShape = [count, textHeads, this.#positions, HEAD_SIZE];
      feeds[`self_key_${layer}`] = this.#runtime.tensor('float32', key.subarray(...range), keyShape);
      feeds[`self_value_${layer}`] = this.#runtime.tensor('float32', value.subarray(...range), valueShape);
    });
    if (first === 0) this.#feedsByCount.set(count, feeds);
    return feeds;
  }

  /** Copies an encoded window into a slot, behind `slot` others that are in use. Frames that others have and this one has not get no attention. */
  fill(slot: number, { frames, layers }: EncodedWindow): void {
    this.#reserveFrames(frames, slot);
    const { textHeads, textState } = this.#shape;
    this.#cross.forEach((target, index) => {
      const source = layers[index] as EncodedLayer;
      target.key.set(source.key, slot * textState * this.#frames);
      target.value.set(source.value, slot * textState * this.#frames);
      target.offset.set(source.offset, slot * textHeads * this.#frames);
      target.keyScale.set(source.keyScale, slot * textState);
      target.valueScale.set(source.valueScale, slot * textState);
    });
    this.#spreadFrames(slot, 1, frames, this.#frames);
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
  copy(from: number, to: number): void {
    if (from === to) return;
    const { textState, textHeads } = this.#shape;
    const copyRows = (array: CrossArray | Int32Array, length: number): void => {
      array.copyWithin(to * length, from * length, (from + 1) * length);
    };
    for (const { key, value, offset, keyScale, valueScale } of this.#cross) {
      copyRows(key, textState * this.#frames);
      copyRows(value, textState * this.#frames);
      copyRows(offset, textHeads * this.#frames);
      copyRows(keyScale, textState);
      copyRows(valueScale, textState);
    }
    for (const { key, value } of this.#self) {
      copyRows(key, textState * this.#positions);
      copyRows(value, textState * this.#positions);
    }
  }

  #spreadFrames(first: number, count: number, before: number, after: number): void {
    const { textState, textHeads } = this.#shape;
    if (before === after || count === 0) return;
    for (const { key, value, offset } of this.#cross) {
      const start = first * textState * after;
      moveRowsApart(key.subarray(start), count * textState, before, after);
      moveRowsApart(value.subarray(start), count * textHeads, before * HEAD_SIZE, after * HEAD_SIZE);
      const offsets = offset.subarray(first * textHeads * after);
      moveRowsApart(offsets, count * textHeads, before, after);
      for (let row = 0; row < count * textHeads; row++) {
        offsets.fill(NO_FRAME, row * after + before, (row + 1) * after);
      }
    }
  }

  /** Views of `count` slots of `frames` frames each, which begin `firstFrame` frames into the arrays. */
  #crossTensors(firstFrame: number, first: number, count: number, frames: number): Record<string, Tensor> {
    const { textHeads, textState } = this.#shape;
    const bytesRange = [textState * firstFrame, textState * (firstFrame + count * frames)] as const;
    const offsetRange = [textHeads * firstFrame, textHeads * (firstFrame + count * frames)] as const;
    const scaleRange = [first * textState, (first + count) * textState] as const;
    const keyShape = [count, textHeads, HEAD_SIZE, frames];
    const valueShape = [count, textHeads, frames, HEAD_SIZE];
    const scaleShape = [count, textHeads, 1, HEAD_SIZE];
    const tensor = this.#runtime.tensor;
    const tensors: Record<string, Tensor> = {};
    this.#cross.forEach(({ key, value, offset, keyScale, valueScale }, layer) => {
      tensors[`cross_key_${layer}`] = tensor(this.#crossType, key.subarray(...bytesRange), keyShape);
      tensors[`cross_value_${layer}`] = tensor(this.#crossType, value.subarray(...bytesRange), valueShape);
      if (this.#crossType === 'float32') return;
      tensors[`cross_offset_${layer}`] = tensor('int32', offset.subarray(...offsetRange), [
        count,
        textHeads,
        1,
        frames,
      ]);
      tensors[`cross_key_scale_${layer}`] = tensor('float32', keyScale.subarray(...scaleRange), scaleShape);
      tensors[`cross_value_scale_${layer}`] = tensor('float32', valueScale.subarray(...scaleRange), scaleShape);
    });
    return tensors;
  }
}

function createArray(type: CrossType, length: number): CrossArray {
  if (type === 'float32') return new Float32Array(length);
  return type === 'int8' ? new Int8Array(length) : new Uint8Array(length);
}

/** Turns rows of `before` elements into rows of `after`, the last first, so that none is written over before it has moved. */
function moveRowsApart(array: CrossArray | Int32Array, rows: number, before: number, after: number): void {
  for (let row = rows - 1; row > 0; row--) array.copyWithin(row * after, row * before, (row + 1) * before);
}
