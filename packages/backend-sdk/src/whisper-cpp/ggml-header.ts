import { open } from 'node:fs/promises';
import { BackendError, type ModelFiles } from '../index.js';
import { findTornTensor } from './ggml-tensors.js';

/** The hyper-parameters at the head of a ggml checkpoint. */
export interface GgmlHeader {
  readonly vocabularySize: number;
  readonly audioLayers: number;
  readonly textLayers: number;
  readonly isMultilingual: boolean;
}

const MAGIC = 0x67676d6c;
const HEADER_BYTES = 48;
const MULTILINGUAL_VOCABULARY_SIZE_MIN = 51_865;
/** Of a Whisper model: its attention, feed-forward and normalisation layers, and the eleven outside of all layers. */
const TENSORS = 11;
const TENSORS_PER_AUDIO_LAYER = 15;
const TENSORS_PER_TEXT_LAYER = 24;
/** Weights of the smallest checkpoint at the coarsest quantization: less is a torn file. */
const FILE_BYTES_MIN = 1_000_000;

/**
 * Looks at a checkpoint before native code does, because whisper.cpp follows a null pointer when it cannot load a file and takes the process with it.
 * Throws BackendError `model-missing`, `model-corrupt` or `model-unsupported`.
 */
export async function checkGgmlFile({ manifest, path }: ModelFiles): Promise<GgmlHeader> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new BackendError('model-missing', `The model file ${path} cannot be opened. Install the model again.`, {
      retry: 'elsewhere',
      cause,
    });
  });
  try {
    const { size } = await file.stat();
    if (size !== manifest.fileBytes || size < FILE_BYTES_MIN) {
      throw corrupt(path, `it has ${size} bytes instead of ${manifest.fileBytes}`);
    }
    const head = Buffer.alloc(HEADER_BYTES);
    await file.read(head, 0, HEADER_BYTES, 0);
    const header = parseHeader(head, path);
    const tensorCount =
      TENSORS + TENSORS_PER_AUDIO_LAYER * header.audioLayers + TENSORS_PER_TEXT_LAYER * header.textLayers;
    const torn = await findTornTensor(file, { at: HEADER_BYTES, fileBytes: size, tensorCount });
    if (torn !== undefined) throw corrupt(path, torn);
    return header;
  } finally {
    await file.close();
  }
}

/** Magic, then eleven 32-bit integers: vocabulary, audio context, state, heads and layers, the same for text, mel bands, weight format. */
function parseHeader(head: Buffer, path: string): GgmlHeader {
  if (head.readUInt32LE(0) !== MAGIC) throw corrupt(path, 'it does not begin as a ggml checkpoint does');
  const [vocabularySize = 0, audioContext = 0, , , audioLayers = 0, textContext = 0, , , textLayers = 0, melBands = 0] =
    Array.from({ length: 11 }, (_, position) => head.readInt32LE(4 + 4 * position));
  const isPlausible =
    vocabularySize > 50_000 &&
    vocabularySize < 60_000 &&
    audioContext === 1500 &&
    textContext === 448 &&
    audioLayers >= 1 &&
    audioLayers <= 64 &&
    textLayers >= 1 &&
    textLayers <= 64;
  if (!isPlausible) throw corrupt(path, 'its header does not describe a Whisper model');
  if (melBands !== 80 && melBands !== 128) {
    throw new BackendError(
      'model-unsupported',
      `The model file ${path} uses ${melBands} mel bands. Choose another model.`,
      {
        retry: 'elsewhere',
      },
    );
  }
  return {
    vocabularySize,
    audioLayers,
    textLayers,
    isMultilingual: vocabularySize >= MULTILINGUAL_VOCABULARY_SIZE_MIN,
  };
}

function corrupt(path: string, how: string): BackendError {
  return new BackendError('model-corrupt', `The model file ${path} is damaged: ${how}. Install the model again.`, {
    retry: 'elsewhere',
  });
}
