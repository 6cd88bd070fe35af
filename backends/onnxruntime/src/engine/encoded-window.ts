import type { HyperParameters } from '../checkpoint/hyper-parameters.js';
import type { Arithmetic } from '../graphs/graph-context.js';

export type CrossType = 'int8' | 'uint8' | 'float32';
export type CrossArray = Int8Array | Uint8Array | Float32Array;

export const CROSS_TYPES: Readonly<Record<Arithmetic, CrossType>> = {
  'dot-product': 'int8',
  widening: 'uint8',
  float: 'float32',
};

/** What one decoder layer attends to; layouts as the encoder graph gives them, for a single window. */
export interface EncodedLayer {
  readonly key: CrossArray;
  readonly value: CrossArray;
  readonly offset: Int32Array;
  readonly keyScale: Float32Array;
  readonly valueScale: Float32Array;
}

/** A window on its way from the encoder to the decoder. */
export interface EncodedWindow {
  /** Of 20 ms. */
  readonly frames: number;
  readonly layers: readonly EncodedLayer[];
}

/** Bytes of an encoded window of full length. */
export function encodedBytesMax(shape: HyperParameters, arithmetic: Arithmetic): number {
  return shape.textLayers * layerBytes(shape, arithmetic, shape.audioContext);
}

/** Lays a window of `frames` frames into a buffer, layer by layer; both threads see the same places. Scales and offsets are unused in floats. */
export function viewEncoded(
  buffer: ArrayBuffer,
  {
    shape,
    arithmetic,
    frames,
  }: { readonly shape: HyperParameters; readonly arithmetic: Arithmetic; readonly frames: number },
): EncodedWindow {
  const { textLayers, textHeads, textState } = shape;
  const stride = layerBytes(shape, arithmetic, frames);
  const valueBytes = textState * frames * bytesPerValue(arithmetic);
  const layers = Array.from({ length: textLayers }, (_, layer): EncodedLayer => {
    // Four-byte numbers first: their addresses must be multiples of four.
    const keyScaleAt = layer * stride;
    const valueScaleAt = keyScaleAt + 4 * textState;
    const offsetAt = valueScaleAt + 4 * textState;
    const keyAt = offsetAt + 4 * textHeads * frames;
    return {
      keyScale: new Float32Array(buffer, keyScaleAt, textState),
      valueScale: new Float32Array(buffer, valueScaleAt, textState),
      offset: new Int32Array(buffer, offsetAt, textHeads * frames),
      key: viewValues(buffer, keyAt, textState * frames, CROSS_TYPES[arithmetic]),
      value: viewValues(buffer, keyAt + valueBytes, textState * frames, CROSS_TYPES[arithmetic]),
    };
  });
  return { frames, layers };
}

function layerBytes({ textHeads, textState }: HyperParameters, arithmetic: Arithmetic, frames: number): number {
  return 8 * textState + 4 * textHeads * frames + 2 * textState * frames * bytesPerValue(arithmetic);
}

function bytesPerValue(arithmetic: Arithmetic): number {
  return arithmetic === 'float' ? 4 : 1;
}

function viewValues(buffer: ArrayBuffer, at: number, length: number, type: CrossType): CrossArray {
  if (type === 'float32') return new Float32Array(buffer, at, length);
  return type === 'int8' ? new Int8Array(buffer, at, length) : new Uint8Array(buffer, at, length);
}
