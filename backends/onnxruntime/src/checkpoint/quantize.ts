import { floatToHalf } from './half-float.js';
import { QUANTIZED_BLOCK_LENGTH, tensorBytes, type TensorFormat } from './tensor-format.js';

const HALF_BLOCK = QUANTIZED_BLOCK_LENGTH / 2;

type Nibbled = 'q4_0' | 'q4_1' | 'q5_0' | 'q5_1';

/**
 * Stores floats in a format: what `dequantize` reads.
 *
 * Numbers are rounded as ggml rounds them (`quantize_row_*_ref`), so a file written here holds the same bytes as one written by whisper.cpp's own tool.
 * The length must fill whole blocks.
 */
export function quantize(format: TensorFormat, values: Float32Array): Uint8Array {
  const sizeBytes = tensorBytes(format, values.length);
  if (sizeBytes === undefined) throw new RangeError(`${values.length} numbers do not fill blocks of ${format}.`);
  const bytes = new Uint8Array(sizeBytes);
  if (format === 'f32') {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return bytes;
  }
  if (format === 'f16') {
    for (let index = 0; index < values.length; index++) writeHalf(bytes, index * 2, values[index] as number);
    return bytes;
  }
  const blocks = values.length / QUANTIZED_BLOCK_LENGTH;
  const blockBytes = sizeBytes / blocks;
  for (let block = 0; block < blocks; block++) {
    const source = values.subarray(block * QUANTIZED_BLOCK_LENGTH, (block + 1) * QUANTIZED_BLOCK_LENGTH);
    const target = bytes.subarray(block * blockBytes, (block + 1) * blockBytes);
    if (format === 'q8_0') writeBytesBlock(source, target);
    else writeNibbles(format, source, target);
  }
  return bytes;
}

function writeBytesBlock(source: Float32Array, target: Uint8Array): void {
  const scale = Math.fround(Math.abs(extreme(source)) / 127);
  const inverse = scale === 0 ? 0 : 1 / scale;
  writeHalf(target, 0, scale);
  // C's roundf: halves away from zero.
  source.forEach((value, index) => {
    const scaled = Math.fround(value * inverse);
    target[2 + index] = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
  });
}

function writeNibbles(format: Nibbled, source: Float32Array, target: Uint8Array): void {
  const levels = format.startsWith('q5') ? 32 : 16;
  const hasMinimum = format.endsWith('_1');
  const minimum = hasMinimum ? source.reduce((lowest, value) => Math.min(lowest, value), Infinity) : 0;
  const highest = source.reduce((largest, value) => Math.max(largest, value), -Infinity);
  // Without a minimum the extreme becomes the lowest level, of which there is one more below the centre than above.
  const scale = Math.fround(hasMinimum ? (highest - minimum) / (levels - 1) : extreme(source) / -(levels / 2));
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  writeHalf(target, 0, scale);
  if (hasMinimum) writeHalf(target, 2, minimum);
  const shift = hasMinimum ? 0.5 : levels / 2 + 0.5;
  const quantized = (index: number): number =>
    Math.min(levels - 1, Math.trunc(Math.fround(Math.fround(((source[index] as number) - minimum) * inverse) + shift)));
  const fifthOffset = hasMinimum ? 4 : 2;
  const nibbleOffset = fifthOffset + (levels === 32 ? 4 : 0);
  for (let index = 0; index < HALF_BLOCK; index++) {
    const low = quantized(index);
    const high = quantized(index + HALF_BLOCK);
    target[nibbleOffset + index] = (low & 15) | ((high & 15) << 4);
    if (levels === 32) {
      setBit(target, fifthOffset, index, low >> 4);
      setBit(target, fifthOffset, index + HALF_BLOCK, high >> 4);
    }
  }
}

/** The number of largest magnitude, with its sign; the first of equals. */
function extreme(values: Float32Array): number {
  let found = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(found)) found = value;
  return found;
}

function setBit(bytes: Uint8Array, offset: number, position: number, bit: number): void {
  const index = offset + (position >> 3);
  bytes[index] = (bytes[index] as number) | (bit << (position & 7));
}

function writeHalf(bytes: Uint8Array, offset: number, value: number): void {
  const bits = floatToHalf(value);
  bytes[offset] = bits & 255;
  bytes[offset + 1] = bits >> 8;
}
