import type { FileHandle } from 'node:fs/promises';

/** Numbers and bytes of one block, by the number of the format in a tensor's head: ggml's own table (ggml_type). */
const BLOCKS: Readonly<Record<number, readonly [numbers: number, bytes: number]>> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
};
const DIMENSIONS_MAX = 4;
const NAME_BYTES_MAX = 128;
const HEAD_BYTES = 12 + 4 * DIMENSIONS_MAX;
/** Vocabulary and filters of the largest checkpoint are 1.2 MB. */
const VOCABULARY_BYTES_MAX = 4_000_000;

/**
 * Follows a checkpoint from the end of its numbers to its last tensor without reading the weights. Returns what is wrong, in words that end a sentence,
 * or undefined when filters, vocabulary and all tensors are there and the file ends behind the last.
 */
export async function findTornTensor(
  file: FileHandle,
  { at, fileBytes, tensorCount }: { readonly at: number; readonly fileBytes: number; readonly tensorCount: number },
): Promise<string | undefined> {
  let next = await findTensorsStart(file, at, fileBytes);
  if (next === undefined) return 'its vocabulary is torn';
  for (let found = 0; found < tensorCount; found++) {
    const end = await findTensorEnd(file, next);
    if (end === undefined || end > fileBytes) return `its weights are torn after ${found} of ${tensorCount} tensors`;
    next = end;
  }
  return next === fileBytes ? undefined : 'something follows its last tensor';
}

/** Two numbers and their product of 32-bit floats; then a count, and for each token its length and bytes. */
async function findTensorsStart(file: FileHandle, at: number, fileBytes: number): Promise<number | undefined> {
  const content = Buffer.alloc(Math.min(VOCABULARY_BYTES_MAX, Math.max(0, fileBytes - at)));
  const { bytesRead } = await file.read(content, 0, content.length, at);
  if (bytesRead < 12) return undefined;
  let next = 8 + 4 * content.readUInt32LE(0) * content.readUInt32LE(4);
  if (next + 4 > bytesRead) return undefined;
  const tokens = content.readUInt32LE(next);
  next += 4;
  for (let token = 0; token < tokens; token++) {
    if (next + 4 > bytesRead) return undefined;
    next += 4 + content.readUInt32LE(next);
  }
  return at + next;
}

/** Undefined when no tensor can begin there. */
async function findTensorEnd(file: FileHandle, at: number): Promise<number | undefined> {
  const head = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(head, 0, HEAD_BYTES, at);
  if (bytesRead < HEAD_BYTES) return undefined;
  const dimensions = head.readUInt32LE(0);
  const nameBytes = head.readUInt32LE(4);
  const block = BLOCKS[head.readUInt32LE(8)];
  if (dimensions > DIMENSIONS_MAX || nameBytes > NAME_BYTES_MAX || block === undefined) return undefined;
  const lengths = Array.from({ length: dimensions }, (_, dimension) => head.readUInt32LE(12 + 4 * dimension));
  const [blockNumbers, blockBytes] = block;
  const numbers = lengths.reduce((product, length) => product * length, 1);
  return at + 12 + 4 * dimensions + nameBytes + (numbers / blockNumbers) * blockBytes;
}
