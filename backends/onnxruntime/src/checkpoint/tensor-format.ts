/** How ggml stores the numbers of one tensor. */
export type TensorFormat = 'f32' | 'f16' | 'q4_0' | 'q4_1' | 'q5_0' | 'q5_1' | 'q8_0';

interface TensorLayout {
  /** How many numbers share one block. */
  readonly blockLength: number;
  readonly blockBytes: number;
}

/** Numbers in a quantised block: ggml's QK4_0 … QK8_0 are all 32. */
export const QUANTIZED_BLOCK_LENGTH = 32;

/** The sizes of ggml's block structures: scale (and minimum) as f16, fifth bits as 32 bits, then the low bits. */
const LAYOUTS: Readonly<Record<TensorFormat, TensorLayout>> = {
  f32: { blockLength: 1, blockBytes: 4 },
  f16: { blockLength: 1, blockBytes: 2 },
  q4_0: { blockLength: 32, blockBytes: 2 + 16 },
  q4_1: { blockLength: 32, blockBytes: 2 + 2 + 16 },
  q5_0: { blockLength: 32, blockBytes: 2 + 4 + 16 },
  q5_1: { blockLength: 32, blockBytes: 2 + 2 + 4 + 16 },
  q8_0: { blockLength: 32, blockBytes: 2 + 32 },
};

/** Numbers of `enum ggml_type`, as the tensor headers carry them. */
export const FORMAT_NUMBERS: Readonly<Record<TensorFormat, number>> = {
  f32: 0,
  f16: 1,
  q4_0: 2,
  q4_1: 3,
  q5_0: 6,
  q5_1: 7,
  q8_0: 8,
};

/** Every format that this engine reads. */
export const TENSOR_FORMATS = Object.keys(FORMAT_NUMBERS) as readonly TensorFormat[];

const FORMAT_BY_NUMBER: ReadonlyMap<number, TensorFormat> = new Map(
  TENSOR_FORMATS.map((format) => [FORMAT_NUMBERS[format], format]),
);

/** The format that a tensor header's number stands for, or undefined when this reader does not know it. */
export function findTensorFormat(typeNumber: number): TensorFormat | undefined {
  return FORMAT_BY_NUMBER.get(typeNumber);
}

/** Bytes that `length` numbers take, or undefined when they do not fill whole blocks. */
export function tensorBytes(format: TensorFormat, length: number): number | undefined {
  const { blockLength, blockBytes } = LAYOUTS[format];
  return length % blockLength === 0 ? (length / blockLength) * blockBytes : undefined;
}
