import { modelCorrupt, modelUnsupported } from './checkpoint-errors.js';
import { CheckpointFile } from './checkpoint-file.js';
import { dequantize } from './dequantize.js';
import { findShapeProblem, HYPER_PARAMETER_COUNT, type HyperParameters } from './hyper-parameters.js';
import { findTensorFormat, tensorBytes, type TensorFormat } from './tensor-format.js';

const GGML_MAGIC = 0x67676d6c;
const TENSOR_NAME_BYTES_MAX = 256;

/** Where one tensor lies in the file. */
export interface StoredTensor {
  readonly name: string;
  readonly format: TensorFormat;
  /** Outermost dimension first, as PyTorch prints it. */
  readonly shape: readonly number[];
  readonly length: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Mel filter bank: `bins` rows of `frequencies` weights. */
export interface MelFilters {
  readonly bins: number;
  readonly frequencies: number;
  readonly weights: Float32Array;
}

/** An opened checkpoint. Close it when the graphs are built. */
export interface Checkpoint {
  readonly hyperParameters: HyperParameters;
  readonly melFilters: MelFilters;
  /** The bytes of each ordinary token, by id; special tokens are not listed in the file. */
  readonly tokens: readonly Uint8Array[];
  /** In the order of the file. */
  readonly tensorNames: readonly string[];
  /** Throws `model-corrupt` when the file has no tensor of this name. */
  tensor(name: string): StoredTensor;
  /** The tensor as it is stored. */
  readStored(name: string): Uint8Array;
  /** The tensor as floats, in row-major order. */
  readFloats(name: string): Float32Array;
  /** Idempotent. */
  close(): void;
}

/**
 * Opens a ggml checkpoint of whisper.cpp (its converter convert-pt-to-ggml.py documents the format): magic, eleven hyper-parameters, mel filters,
 * vocabulary, then each tensor with its own header.
 *
 * Throws BackendError `model-missing`, `model-corrupt` or `model-unsupported`.
 */
export function readCheckpoint(path: string): Checkpoint {
  const file = new CheckpointFile(path);
  try {
    if (file.readInt32() !== GGML_MAGIC) throw modelCorrupt(path, 'it is not a ggml file');
    const hyperParameters = readHyperParameters(file);
    const melFilters = readMelFilters(file, hyperParameters);
    const tokens = readTokens(file, hyperParameters);
    const tensors = readTensorDirectory(file);
    return createCheckpoint(file, { hyperParameters, melFilters, tokens, tensors });
  } catch (error) {
    file.close();
    throw error;
  }
}

function readHyperParameters(file: CheckpointFile): HyperParameters {
  const numbers = Array.from({ length: HYPER_PARAMETER_COUNT }, () => file.readInt32());
  const at = (index: number): number => numbers[index] as number;
  const shape: HyperParameters = {
    vocabularySize: at(0),
    audioContext: at(1),
    audioState: at(2),
    audioHeads: at(3),
    audioLayers: at(4),
    textContext: at(5),
    textState: at(6),
    textHeads: at(7),
    textLayers: at(8),
    melBins: at(9),
  };
  const problem = findShapeProblem(shape);
  if (problem !== undefined) throw modelUnsupported(file.path, problem);
  return shape;
}

function readMelFilters(file: CheckpointFile, { melBins }: HyperParameters): MelFilters {
  const bins = file.readInt32();
  const frequencies = file.readInt32();
  if (bins !== melBins || frequencies !== 201) throw modelCorrupt(file.path, 'its mel filters have the wrong size');
  const bytes = file.read(bins * frequencies * 4);
  return { bins, frequencies, weights: new Float32Array(bytes.slice().buffer) };
}

function readTokens(file: CheckpointFile, { vocabularySize }: HyperParameters): readonly Uint8Array[] {
  const count = file.readInt32();
  if (count < 1 || count > vocabularySize) throw modelCorrupt(file.path, `its vocabulary lists ${count} tokens`);
  return Array.from({ length: count }, () => file.read(file.readInt32()).slice());
}

function readTensorDirectory(file: CheckpointFile): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  while (!file.atEnd) {
    const tensor = readTensorHeader(file);
    tensors.set(tensor.name, tensor);
    file.skip(tensor.sizeBytes);
  }
  return tensors;
}

function readTensorHeader(file: CheckpointFile): StoredTensor {
  const dimensions = file.readInt32();
  const nameLength = file.readInt32();
  const typeNumber = file.readInt32();
  if (dimensions < 1 || dimensions > 4 || nameLength < 1 || nameLength > TENSOR_NAME_BYTES_MAX) {
    throw modelCorrupt(file.path, `the tensor header before byte ${file.position} makes no sense`);
  }
  const shape = Array.from({ length: dimensions }, () => file.readInt32()).reverse();
  const name = Buffer.from(file.read(nameLength)).toString('latin1');
  const format = findTensorFormat(typeNumber);
  if (format === undefined) throw modelUnsupported(file.path, `tensor ${name} has the unknown ggml type ${typeNumber}`);
  const length = shape.reduce((product, size) => product * size, 1);
  const sizeBytes = length > 0 ? tensorBytes(format, length) : undefined;
  if (sizeBytes === undefined) throw modelCorrupt(file.path, `tensor ${name} has the shape ${shape.join(' x ')}`);
  return { name, format, shape, length, offset: file.position, sizeBytes };
}

function createCheckpoint(
  file: CheckpointFile,
  parts: Pick<Checkpoint, 'hyperParameters' | 'melFilters' | 'tokens'> & {
    readonly tensors: ReadonlyMap<string, StoredTensor>;
  },
): Checkpoint {
  const { tensors, ...header } = parts;
  const tensor = (name: string): StoredTensor => {
    const found = tensors.get(name);
    if (found === undefined) throw modelCorrupt(file.path, `tensor ${name} is missing`);
    return found;
  };
  const readStored = (name: string): Uint8Array => file.readAt(tensor(name).offset, tensor(name).sizeBytes);
  return {
    ...header,
    tensorNames: [...tensors.keys()],
    tensor,
    readStored,
    readFloats(name) {
      const floats = new Float32Array(tensor(name).length);
      dequantize(tensor(name).format, readStored(name), floats);
      return floats;
    },
    close: () => file.close(),
  };
}
