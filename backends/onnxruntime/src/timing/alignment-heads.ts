import { isMultilingual, type HyperParameters } from '../checkpoint/hyper-parameters.js';

/** A head of the decoder's cross attention that follows the speaker. */
export interface AlignmentHead {
  readonly layer: number;
  readonly head: number;
}

type Pair = readonly [layer: number, head: number];

/** The heads that OpenAI published for each official model (openai/whisper, `_ALIGNMENT_HEADS`), decoded to pairs of layer and head. */
const PUBLISHED_HEADS: Readonly<Record<string, readonly Pair[]>> = {
  'tiny.en': [
    [1, 0],
    [2, 0],
    [2, 5],
    [3, 0],
    [3, 1],
    [3, 2],
    [3, 3],
    [3, 4],
  ],
  tiny: [
    [2, 2],
    [3, 0],
    [3, 2],
    [3, 3],
    [3, 4],
    [3, 5],
  ],
  'base.en': [
    [3, 3],
    [4, 7],
    [5, 1],
    [5, 5],
    [5, 7],
  ],
  base: [
    [3, 1],
    [4, 2],
    [4, 3],
    [4, 7],
    [5, 1],
    [5, 2],
    [5, 4],
    [5, 6],
  ],
  'small.en': [
    [6, 6],
    [7, 0],
    [7, 3],
    [7, 8],
    [8, 2],
    [8, 5],
    [8, 7],
    [9, 0],
    [9, 4],
    [9, 8],
    [9, 10],
    [10, 0],
    [10, 1],
    [10, 2],
    [10, 3],
    [10, 6],
    [10, 11],
    [11, 2],
    [11, 4],
  ],
  small: [
    [5, 3],
    [5, 9],
    [8, 0],
    [8, 4],
    [8, 7],
    [8, 8],
    [9, 0],
    [9, 7],
    [9, 9],
    [10, 5],
  ],
  'medium.en': [
    [11, 4],
    [14, 1],
    [14, 12],
    [14, 14],
    [15, 4],
    [16, 0],
    [16, 4],
    [16, 9],
    [17, 12],
    [17, 14],
    [18, 7],
    [18, 10],
    [18, 15],
    [20, 0],
    [20, 3],
    [20, 9],
    [20, 14],
    [21, 12],
  ],
  medium: [
    [13, 15],
    [15, 4],
    [15, 15],
    [16, 1],
    [20, 0],
    [23, 4],
  ],
  'large-v1': [
    [9, 19],
    [11, 2],
    [11, 4],
    [11, 17],
    [22, 7],
    [22, 11],
    [22, 17],
    [23, 2],
    [23, 15],
  ],
  'large-v2': [
    [10, 12],
    [13, 17],
    [16, 11],
    [16, 12],
    [16, 13],
    [17, 15],
    [17, 16],
    [18, 4],
    [18, 11],
    [18, 19],
    [19, 11],
    [21, 2],
    [21, 3],
    [22, 3],
    [22, 9],
    [22, 12],
    [23, 5],
    [23, 7],
    [23, 13],
    [25, 5],
    [26, 1],
    [26, 12],
    [27, 15],
  ],
  'large-v3': [
    [7, 0],
    [10, 17],
    [12, 18],
    [13, 12],
    [16, 1],
    [17, 14],
    [19, 11],
    [21, 4],
    [24, 1],
    [25, 6],
  ],
  'large-v3-turbo': [
    [2, 4],
    [2, 11],
    [3, 3],
    [3, 6],
    [3, 11],
    [3, 14],
  ],
};

/** Official models by encoder layers; the decoder's layers and the vocabulary tell the rest apart. */
const SIZE_BY_AUDIO_LAYERS: ReadonlyMap<number, string> = new Map([
  [4, 'tiny'],
  [6, 'base'],
  [12, 'small'],
  [24, 'medium'],
]);

/** How many heads of an unknown model are looked at: more would cost memory, not precision. */
const DEFAULT_HEADS_MAX = 24;

/**
 * The heads to align with, in layer order. The shape tells which official model a checkpoint is, but for large-v1 and large-v2, which have the same
 * shape: there the name decides. A model of another shape gets heads from the last half of its layers, as OpenAI's own code does.
 */
export function findAlignmentHeads(shape: HyperParameters, modelName: string): readonly AlignmentHead[] {
  const published = PUBLISHED_HEADS[officialName(shape, modelName) ?? ''];
  if (published !== undefined) return published.map(([layer, head]) => ({ layer, head }));
  return defaultHeads(shape);
}

function officialName(shape: HyperParameters, modelName: string): string | undefined {
  const isLarge = shape.audioLayers === 32 && shape.audioHeads === 20;
  if (isLarge && shape.textLayers === 4) return 'large-v3-turbo';
  if (isLarge && shape.textLayers === 32) {
    if (shape.melBins === 128) return 'large-v3';
    return modelName.includes('large-v1') ? 'large-v1' : 'large-v2';
  }
  const size = SIZE_BY_AUDIO_LAYERS.get(shape.audioLayers);
  if (size === undefined || shape.textLayers !== shape.audioLayers) return undefined;
  return isMultilingual(shape) ? size : `${size}.en`;
}

function defaultHeads({ textLayers, textHeads }: HyperParameters): readonly AlignmentHead[] {
  const heads: AlignmentHead[] = [];
  for (let layer = Math.floor(textLayers / 2); layer < textLayers; layer++) {
    for (let head = 0; head < textHeads; head++) heads.push({ layer, head });
  }
  return heads.slice(-DEFAULT_HEADS_MAX);
}
