import { HALF_TO_FLOAT } from './half-float.js';
import { QUANTIZED_BLOCK_LENGTH, type TensorFormat } from './tensor-format.js';

const HALF_BLOCK = QUANTIZED_BLOCK_LENGTH / 2;

type BlockReader = (bytes: Uint8Array, offset: number, output: Float32Array, start: number) => void;

/**
 * Turns stored numbers into floats.
 *
 * `bytes` holds `output.length` numbers in `format`. In the 4 and 5 bit formats the low nibbles of a block are its first sixteen numbers and the
 * high nibbles its last sixteen (ggml's `dequantize_row_*`).
 */
export function dequantize(format: TensorFormat, bytes: Uint8Array, output: Float32Array): void {
  if (format === 'f32') {
    new Uint8Array(output.buffer, output.byteOffset, output.byteLength).set(bytes.subarray(0, output.byteLength));
    return;
  }
  if (format === 'f16') {
    for (let index = 0; index < output.length; index++) output[index] = halfAt(bytes, index * 2);
    return;
  }
  const { read, blockBytes } = BLOCK_READERS[format];
  const blocks = output.length / QUANTIZED_BLOCK_LENGTH;
  for (let block = 0; block < blocks; block++) read(bytes, block * blockBytes, output, block * QUANTIZED_BLOCK_LENGTH);
}

/** The f16 at a byte offset, little-endian. */
export function halfAt(bytes: Uint8Array, offset: number): number {
  return HALF_TO_FLOAT[byteAt(bytes, offset) | (byteAt(bytes, offset + 1) << 8)] as number;
}

const BLOCK_READERS: Readonly<Record<Exclude<TensorFormat, 'f32' | 'f16'>, { read: BlockReader; blockBytes: number }>> =
  {
    q4_0: { blockBytes: 18, read: (bytes, offset, output, start) => readNibbles(bytes, offset, output, start, Q4_0) },
    q4_1: { blockBytes: 20, read: (bytes, offset, output, start) => readNibbles(bytes, offset, output, start, Q4_1) },
    q5_0: { blockBytes: 22, read: (bytes, offset, output, start) => readNibbles(bytes, offset, output, start, Q5_0) },
    q5_1: { blockBytes: 24, read: (bytes, offset, output, start) => readNibbles(bytes, offset, output, start, Q5_1) },
    q8_0: { blockBytes: 34, read: readBytesBlock },
  };

interface NibbleLayout {
  /** Whether an f16 minimum follows the scale; without one the numbers are centred on `centre`. */
  readonly hasMinimum: boolean;
  readonly hasFifthBits: boolean;
  readonly centre: number;
}

const Q4_0: NibbleLayout = { hasMinimum: false, hasFifthBits: false, centre: 8 };
const Q4_1: NibbleLayout = { hasMinimum: true, hasFifthBits: false, centre: 0 };
const Q5_0: NibbleLayout = { hasMinimum: false, hasFifthBits: true, centre: 16 };
const Q5_1: NibbleLayout = { hasMinimum: true, hasFifthBits: true, centre: 0 };

function readNibbles(
  bytes: Uint8Array,
  offset: number,
  output: Float32Array,
  start: number,
  { hasMinimum, hasFifthBits, centre }: NibbleLayout,
): void {
  const scale = halfAt(bytes, offset);
  const minimum = hasMinimum ? halfAt(bytes, offset + 2) : 0;
  const fifthOffset = offset + (hasMinimum ? 4 : 2);
  const fifthBits = hasFifthBits ? wordAt(bytes, fifthOffset) : 0;
  const nibbleOffset = fifthOffset + (hasFifthBits ? 4 : 0);
  for (let index = 0; index < HALF_BLOCK; index++) {
    const nibbles = byteAt(bytes, nibbleOffset + index);
    const low = (nibbles & 0x0f) | (((fifthBits >>> index) & 1) << 4);
    const high = (nibbles >> 4) | (((fifthBits >>> (index + HALF_BLOCK)) & 1) << 4);
    output[start + index] = (low - centre) * scale + minimum;
    output[start + index + HALF_BLOCK] = (high - centre) * scale + minimum;
  }
}

function readBytesBlock(bytes: Uint8Array, offset: number, output: Float32Array, start: number): void {
  const scale = halfAt(bytes, offset);
  for (let index = 0; index < QUANTIZED_BLOCK_LENGTH; index++) {
    output[start + index] = ((byteAt(bytes, offset + 2 + index) << 24) >> 24) * scale;
  }
}

function byteAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset] as number;
}

function wordAt(bytes: Uint8Array, offset: number): number {
  return (
    byteAt(bytes, offset) |
    (byteAt(bytes, offset + 1) << 8) |
    (byteAt(bytes, offset + 2) << 16) |
    (byteAt(bytes, offset + 3) << 24)
  );
}
