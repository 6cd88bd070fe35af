import { open, type FileHandle } from 'node:fs/promises';
import type { ModelSize } from '@voice-transcriber/backend-sdk';
import { ModelStoreError } from './model-store-error.js';

/** What a ggml checkpoint says of itself. */
export interface GgmlFacts {
  readonly size: ModelSize;
  readonly quantization: string;
  /** `['en']` or `['*']`. */
  readonly languages: readonly string[];
  readonly audioLayers: number;
  readonly textLayers: number;
  readonly melBands: number;
  readonly fileBytes: number;
}

/** `ggml` as a little-endian number, at the beginning of every checkpoint. */
export const GGML_MAGIC = 0x67_67_6d_6c;
const HEADER_BYTES = 12 * 4;
const READ_AHEAD_BYTES = 64 * 1024;

/** The encoder's layers tell the rung of the ladder; a decoder may be cut down (large-v3-turbo). */
const SIZES: Readonly<Record<number, ModelSize>> = { 4: 'tiny', 6: 'base', 12: 'small', 24: 'medium', 32: 'large' };
/** ggml's `ftype`, without the version of the quantization (thousands). */
const QUANTIZATIONS: Readonly<Record<number, string>> = {
  0: 'f32',
  1: 'f16',
  2: 'q4_0',
  3: 'q4_1',
  7: 'q8_0',
  8: 'q5_0',
  9: 'q5_1',
};
/** Bytes of 32 numbers in each of ggml's tensor types. */
const BLOCK_BYTES: Readonly<Record<number, number>> = { 0: 128, 1: 64, 2: 18, 3: 20, 6: 22, 7: 24, 8: 34 };
const BLOCK_NUMBERS = 32;
const QUANTIZATION_VERSION_FACTOR = 1000;
/** One more token than this and it speaks more than English. */
const ENGLISH_VOCABULARY = 51_864;
const AUDIO_POSITIONS = 1500;

/**
 * Reads a checkpoint from its first to its last byte, without the numbers in between, and tells what it is.
 *
 * Throws ModelStoreError `file-not-whisper` for anything that is no Whisper checkpoint of the ladder in a quantization of this list, and
 * `file-truncated` for one whose tensors end early.
 */
export async function readGgmlFile(path: string): Promise<GgmlFacts> {
  const handle = await open(path, 'r');
  try {
    const { size: fileBytes } = await handle.stat();
    const reader = new Reader(handle, fileBytes);
    if (fileBytes < HEADER_BYTES || (await reader.int32()) !== GGML_MAGIC)
      throw notWhisper('it does not begin like one');
    const facts = await readHeader(reader, fileBytes);
    await skipVocabulary(reader, facts.melBands);
    const tensors = await skipTensors(reader);
    const tensorsExpected = tensorCount(facts);
    if (tensors < tensorsExpected) throw truncated(`it holds ${tensors} of ${tensorsExpected} tensors`);
    if (tensors > tensorsExpected) throw notWhisper(`it holds ${tensors} tensors instead of ${tensorsExpected}`);
    return facts;
  } finally {
    await handle.close();
  }
}

async function readHeader(reader: Reader, fileBytes: number): Promise<GgmlFacts> {
  const numbers: number[] = [];
  for (let index = 0; index < 11; index += 1) numbers.push(await reader.int32());
  const [vocabulary, audioPositions, , , audioLayers, , , , textLayers, melBands, ftype] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const size = SIZES[audioLayers];
  const quantization = QUANTIZATIONS[ftype % QUANTIZATION_VERSION_FACTOR];
  const isWhisper =
    vocabulary >= ENGLISH_VOCABULARY &&
    vocabulary < ENGLISH_VOCABULARY + 100 &&
    audioPositions === AUDIO_POSITIONS &&
    (melBands === 80 || melBands === 128) &&
    textLayers >= 1 &&
    textLayers <= 32;
  if (!isWhisper || size === undefined) throw notWhisper('its dimensions are not those of a Whisper model');
  if (quantization === undefined) throw notWhisper(`its quantization (${ftype}) is not known here`);
  return {
    size,
    quantization,
    languages: vocabulary === ENGLISH_VOCABULARY ? ['en'] : ['*'],
    audioLayers,
    textLayers,
    melBands,
    fileBytes,
  };
}

async function skipVocabulary(reader: Reader, melBands: number): Promise<void> {
  const filters = { bands: await reader.int32(), bins: await reader.int32() };
  if (filters.bands !== melBands || filters.bins !== 201) throw notWhisper('its mel filters do not fit its dimensions');
  reader.skip(filters.bands * filters.bins * 4);
  const words = await reader.int32();
  if (words < 0 || words > 2 * ENGLISH_VOCABULARY) throw notWhisper('its vocabulary is damaged');
  for (let word = 0; word < words; word += 1) {
    const length = await reader.int32();
    if (length < 0 || length > 1000) throw notWhisper('its vocabulary is damaged');
    reader.skip(length);
  }
}

async function skipTensors(reader: Reader): Promise<number> {
  let tensors = 0;
  while (!reader.atEnd) {
    const dimensions = await reader.int32();
    const nameLength = await reader.int32();
    const blockBytes = BLOCK_BYTES[await reader.int32()];
    if (dimensions < 1 || dimensions > 4 || nameLength < 1 || nameLength > 200 || blockBytes === undefined) {
      throw notWhisper(`its tensor number ${tensors + 1} is damaged`);
    }
    let count = 1;
    for (let dimension = 0; dimension < dimensions; dimension += 1) count *= await reader.int32();
    if (!(count > 0)) throw notWhisper(`its tensor number ${tensors + 1} is damaged`);
    reader.skip(nameLength + (count / BLOCK_NUMBERS) * blockBytes);
    tensors += 1;
  }
  return tensors;
}

/** Two convolutions, positions and the last norm of the encoder; positions, tokens and the last norm of the decoder; 15 and 24 in each layer. */
function tensorCount({ audioLayers, textLayers }: GgmlFacts): number {
  return 7 + 4 + 15 * audioLayers + 24 * textLayers;
}

/** Little fields one after another, from a file that is mostly skipped. */
class Reader {
  readonly #handle: FileHandle;
  readonly #fileBytes: number;
  readonly #buffer = Buffer.alloc(READ_AHEAD_BYTES);
  #bufferStart = 0;
  #bufferLength = 0;
  #position = 0;

  constructor(handle: FileHandle, fileBytes: number) {
    this.#handle = handle;
    this.#fileBytes = fileBytes;
  }

  get atEnd(): boolean {
    return this.#position === this.#fileBytes;
  }

  async int32(): Promise<number> {
    const start = this.#position;
    this.skip(4);
    if (start < this.#bufferStart || this.#position > this.#bufferStart + this.#bufferLength) {
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, READ_AHEAD_BYTES, start);
      this.#bufferStart = start;
      this.#bufferLength = bytesRead;
      if (bytesRead < 4) throw truncated('it ends in the middle of a number');
    }
    return this.#buffer.readInt32LE(start - this.#bufferStart);
  }

  skip(bytes: number): void {
    this.#position += bytes;
    if (this.#position > this.#fileBytes) throw truncated(`it ends at byte ${this.#fileBytes}`);
  }
}

function notWhisper(why: string): ModelStoreError {
  return new ModelStoreError(
    'file-not-whisper',
    `The file is no Whisper checkpoint in ggml format: ${why}. Import a file such as ggml-base.bin, or convert the model first.`,
  );
}

function truncated(how: string): ModelStoreError {
  return new ModelStoreError('file-truncated', `The checkpoint is cut off: ${how}. Copy or download it again.`);
}
