import { AUDIO_CONTEXT, HEAD_SIZE, type HyperParameters } from '../checkpoint/hyper-parameters.js';
import type { TensorFormat } from '../checkpoint/tensor-format.js';

/** Width, encoder layers, decoder layers, mel bins and tokens of the official models (openai/whisper, model-card.md and the models' own `dims`). */
const DIMENSIONS = {
  tiny: [384, 4, 4, 80, 51_865],
  'tiny.en': [384, 4, 4, 80, 51_864],
  base: [512, 6, 6, 80, 51_865],
  'base.en': [512, 6, 6, 80, 51_864],
  small: [768, 12, 12, 80, 51_865],
  'small.en': [768, 12, 12, 80, 51_864],
  medium: [1024, 24, 24, 80, 51_865],
  'medium.en': [1024, 24, 24, 80, 51_864],
  'large-v1': [1280, 32, 32, 80, 51_865],
  'large-v2': [1280, 32, 32, 80, 51_865],
  'large-v3': [1280, 32, 32, 128, 51_866],
  'large-v3-turbo': [1280, 32, 4, 128, 51_866],
} as const satisfies Readonly<Record<string, readonly [number, number, number, number, number]>>;

export type CheckpointName = keyof typeof DIMENSIONS;
export const CHECKPOINT_NAMES = Object.keys(DIMENSIONS) as readonly CheckpointName[];

export interface TensorPlan {
  readonly name: string;
  /** Outermost dimension first. */
  readonly shape: readonly number[];
}

export function findHyperParameters(name: CheckpointName): HyperParameters {
  const [state, audioLayers, textLayers, melBins, vocabularySize] = DIMENSIONS[name];
  const heads = state / HEAD_SIZE;
  return {
    vocabularySize,
    audioContext: AUDIO_CONTEXT,
    audioState: state,
    audioHeads: heads,
    audioLayers,
    textContext: 448,
    textState: state,
    textHeads: heads,
    textLayers,
    melBins,
  };
}

/** Every tensor of a Whisper model, in the order of the official files. */
export function listTensors(shape: HyperParameters): readonly TensorPlan[] {
  const { audioState, audioLayers, audioContext, textState, textLayers, textContext, melBins, vocabularySize } = shape;
  const blocks = (side: 'encoder' | 'decoder', count: number, state: number): TensorPlan[] =>
    Array.from({ length: count }, (_, layer) => listBlock(`${side}.blocks.${layer}`, side === 'decoder', state)).flat();
  return [
    { name: 'decoder.positional_embedding', shape: [textContext, textState] },
    { name: 'encoder.positional_embedding', shape: [audioContext, audioState] },
    { name: 'decoder.token_embedding.weight', shape: [vocabularySize, textState] },
    ...blocks('decoder', textLayers, textState),
    ...weightAndBias('decoder.ln', [textState]),
    { name: 'encoder.conv1.weight', shape: [audioState, melBins, 3] },
    { name: 'encoder.conv1.bias', shape: [audioState, 1] },
    { name: 'encoder.conv2.weight', shape: [audioState, audioState, 3] },
    { name: 'encoder.conv2.bias', shape: [audioState, 1] },
    ...blocks('encoder', audioLayers, audioState),
    ...weightAndBias('encoder.ln_post', [audioState]),
  ];
}

function listBlock(name: string, attendsToAudio: boolean, state: number): TensorPlan[] {
  const attention = (part: string): TensorPlan[] => [
    ...weightAndBias(`${name}.${part}_ln`, [state]),
    ...weightAndBias(`${name}.${part}.query`, [state, state]),
    { name: `${name}.${part}.key.weight`, shape: [state, state] },
    ...weightAndBias(`${name}.${part}.value`, [state, state]),
    ...weightAndBias(`${name}.${part}.out`, [state, state]),
  ];
  return [
    ...weightAndBias(`${name}.mlp_ln`, [state]),
    ...weightAndBias(`${name}.mlp.0`, [4 * state, state]),
    ...weightAndBias(`${name}.mlp.2`, [state, 4 * state]),
    ...attention('attn'),
    ...(attendsToAudio ? attention('cross_attn') : []),
  ];
}

function weightAndBias(name: string, shape: readonly number[]): TensorPlan[] {
  return [
    { name: `${name}.weight`, shape },
    { name: `${name}.bias`, shape: shape.slice(0, 1) },
  ];
}

/**
 * How a tensor is stored in a file of `format`, as whisper.cpp expects it: only matrices are quantised; convolutions are halves at best; vectors, positions
 * and the convolutions' biases stay floats.
 */
export function storedFormat({ name, shape }: TensorPlan, format: TensorFormat): TensorFormat {
  if (shape.length === 3) return format === 'f32' ? 'f32' : 'f16';
  const isMatrix = shape.length === 2 && !name.endsWith('positional_embedding') && !/conv\d\.bias$/.test(name);
  return isMatrix ? format : 'f32';
}
