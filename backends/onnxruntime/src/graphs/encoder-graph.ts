import { HEAD_SIZE } from '../checkpoint/hyper-parameters.js';
import type { Checkpoint } from '../checkpoint/read-checkpoint.js';
import { OnnxGraph, TO_THE_END, type OnnxModel } from '../onnx/onnx-graph.js';
import {
  activationZeroPoints,
  quantizeRows,
  rightOperand,
  zeroPoint,
  type Arithmetic,
  type GraphContext,
  type IntegerArithmetic,
} from './graph-context.js';
import { linearLayer, type LinearPart } from './linear-layer.js';
import { addFrameCount, addLogMel } from './log-mel-graph.js';
import { layerNormalization } from './normalization.js';

/** Attention divides its scores by the square root of the head size. */
export const ATTENTION_SCALE = 1 / Math.sqrt(HEAD_SIZE);

/**
 * The encoder: samples of one window → the keys and values that every decoder layer attends to.
 *
 * Input `samples` float32 [1, 320 F + 400] for F frames of 20 ms, at most 1500. Outputs per decoder layer i, as bytes with one scale per head and channel:
 * `cross_key_i` [1, heads, 64, F], `cross_value_i` [1, heads, F, 64], `cross_key_scale_i` and `cross_value_scale_i` float32 [1, heads, 1, 64]; and
 * `cross_offset_i` int32 [1, heads, 1, F], see `addCrossAttention`. In floats: keys and values alone, as they are. Bytes take a quarter of the memory, and reading them is most of what attention costs.
 *
 * Everything but attention is two-dimensional ([positions, channels]): four-dimensional transposes are slow in ONNX Runtime.
 */
export function buildEncoderGraph(checkpoint: Checkpoint, arithmetic: Arithmetic): OnnxModel {
  const graph = new OnnxGraph();
  const samples = graph.input('samples', 'float32', [1, 'samples']);
  const frameCount = addFrameCount(graph, samples);
  const rowZeroPoints = activationZeroPoints(graph, frameCount);
  const context: GraphContext = { graph, checkpoint, arithmetic, rowZeroPoints };
  let stream = addConvolutions(context, addLogMel(graph, samples, checkpoint.melFilters), frameCount);
  for (let layer = 0; layer < checkpoint.hyperParameters.audioLayers; layer++)
    stream = addLayer(context, stream, layer);
  addCrossAttentionOutputs(context, layerNormalization(context, stream, 'encoder.ln_post'));
  return graph.toModel();
}

/**
 * Two convolutions of width three, as products with neighbouring positions laid side by side: [2 F, bins] → [F, state], with positions added.
 *
 * The first stays in floats: its input has a range that bytes do not hold. The second has stride two, so its three inputs are the pair of positions
 * and the second half of the pair before.
 */
function addConvolutions(context: GraphContext, mel: string, frameCount: string): string {
  const { graph, checkpoint } = context;
  const { melBins, audioState, audioContext } = checkpoint.hyperParameters;
  const slice = (value: string, start: number, end: number, axis: number): string =>
    graph.node('Slice', [value, graph.integers([start]), graph.integers([end]), graph.integers([axis])]);

  const padded = graph.node('Pad', [mel, graph.integers([1, 0, 1, 0])]);
  const neighbours = graph.node('Concat', [slice(padded, 0, -2, 0), mel, slice(padded, 2, TO_THE_END, 0)], {
    attributes: { axis: 1 },
  });
  const firstWeights = tapsFirst(checkpoint.readFloats('encoder.conv1.weight'), audioState, melBins);
  const first = graph.node(
    'Gemm',
    [
      neighbours,
      graph.floats('encoder.conv1.weight', [audioState, 3 * melBins], firstWeights),
      graph.floats('encoder.conv1.bias', [audioState], checkpoint.readFloats('encoder.conv1.bias')),
    ],
    { attributes: { transB: 1 } },
  );

  const pairs = graph.node('Reshape', [graph.contributed('FastGelu', [first]), graph.integers([-1, 2 * audioState])]);
  const before = graph.node('Pad', [slice(pairs, audioState, 2 * audioState, 1), graph.integers([1, 0, 0, 0])]);
  const triples = graph.node('Concat', [slice(before, 0, -1, 0), pairs], { attributes: { axis: 1 } });
  const second = linearLayer(
    context,
    triples,
    'encoder.conv2',
    [{ weight: 'encoder.conv2.weight', bias: 'encoder.conv2.bias' }],
    { rearrange: (weights) => tapsFirst(weights, audioState, audioState) },
  );
  const positions = graph.floats(
    'encoder.positions',
    [audioContext, audioState],
    checkpoint.readFloats('encoder.positional_embedding'),
  );
  return graph.node('Add', [
    graph.contributed('FastGelu', [second]),
    graph.node('Slice', [positions, graph.integers([0]), frameCount, graph.integers([0])]),
  ]);
}

function addLayer(context: GraphContext, stream: string, layer: number): string {
  const { graph, checkpoint } = context;
  const { audioState, audioHeads } = checkpoint.hyperParameters;
  const name = `encoder.blocks.${layer}`;
  const linear = (input: string, part: string, parts: readonly LinearPart[]): string =>
    linearLayer(context, input, `${name}.${part}`, parts);

  const fused = linear(layerNormalization(context, stream, `${name}.attn_ln`), 'attn.fused', [
    { weight: `${name}.attn.query.weight`, bias: `${name}.attn.query.bias` },
    { weight: `${name}.attn.key.weight` },
    { weight: `${name}.attn.value.weight`, bias: `${name}.attn.value.bias` },
  ]);
  const batched = graph.node('Reshape', [fused, graph.integers([1, -1, 3 * audioState])]);
  const queryKeyValue = graph.nodes('Split', [batched], 3, { attributes: { axis: 2, num_outputs: 3 } });
  const attended = graph.contributed('MultiHeadAttention', queryKeyValue, { attributes: { num_heads: audioHeads } });
  const attention = linear(graph.node('Reshape', [attended, graph.integers([-1, audioState])]), 'attn.out', [
    { weight: `${name}.attn.out.weight`, bias: `${name}.attn.out.bias` },
  ]);
  const middle = graph.node('Add', [stream, attention]);
  const hidden = linear(layerNormalization(context, middle, `${name}.mlp_ln`), 'mlp.0', [
    { weight: `${name}.mlp.0.weight`, bias: `${name}.mlp.0.bias` },
  ]);
  const output = linear(graph.contributed('FastGelu', [hidden]), 'mlp.2', [
    { weight: `${name}.mlp.2.weight`, bias: `${name}.mlp.2.bias` },
  ]);
  return graph.node('Add', [middle, output]);
}

/**
 * Keys and values of all decoder layers: in bytes with a scale per channel, or in floats as they are.
 *
 * A product for each, not one for all: what follows passes over it several times, and one of them fits into the processor's cache. ONNX Runtime quantises
 * what they have in common once.
 */
function addCrossAttentionOutputs(context: GraphContext, encoded: string): void {
  const { textHeads, textLayers } = context.checkpoint.hyperParameters;
  for (let layer = 0; layer < textLayers; layer++) {
    const name = `decoder.blocks.${layer}.cross_attn`;
    const channelsOf = (part: LinearPart): string => {
      const positions = linearLayer(context, encoded, part.weight, [part]);
      return context.graph.node('Transpose', [positions], { attributes: { perm: [1, 0] } });
    };
    const key = channelsOf({ weight: `${name}.key.weight`, scale: ATTENTION_SCALE });
    const value = channelsOf({ weight: `${name}.value.weight`, bias: `${name}.value.bias` });
    if (context.arithmetic === 'float') addFloatOutputs(context.graph, { layer, key, value, textHeads });
    else addByteOutputs({ ...context, arithmetic: context.arithmetic }, { layer, key, value, textHeads });
  }
}

/** What the decoder's cross attention of one layer reads: `key` and `value` are [heads * 64, F]. */
interface CrossAttentionOutputs {
  readonly layer: number;
  readonly key: string;
  readonly value: string;
  readonly textHeads: number;
}

function addByteOutputs(
  { graph, arithmetic }: GraphContext & { readonly arithmetic: IntegerArithmetic },
  { layer, key, value, textHeads }: CrossAttentionOutputs,
): void {
  const right = rightOperand(arithmetic);
  const channelCount = textHeads * HEAD_SIZE;
  const zeroPoints = graph.initializer(
    'channel_zero_points',
    right.type,
    [channelCount],
    new (right.type === 'int8' ? Int8Array : Uint8Array)(channelCount).fill(right.zeroPoint),
  );
  const quantizeChannels = (channels: string): { bytes: string; scales: string } => {
    const { quantized, scales } = quantizeRows(graph, channels, zeroPoints);
    return {
      bytes: byHead(graph, quantized, textHeads),
      scales: graph.node('Reshape', [scales, graph.integers([1, textHeads, 1, HEAD_SIZE])]),
    };
  };
  const keys = quantizeChannels(key);
  const values = quantizeChannels(value);
  const offset = graph.node('MatMulInteger', [
    graph.initializer('zero_query', 'uint8', [1, textHeads, 1, HEAD_SIZE], new Uint8Array(channelCount).fill(128)),
    keys.bytes,
    zeroPoint(graph, 'uint8', 0),
    zeroPoint(graph, right.type, right.zeroPoint),
  ]);
  const scaleShape = [1, textHeads, 1, HEAD_SIZE];
  graph.output(keys.bytes, `cross_key_${layer}`, right.type, [1, textHeads, HEAD_SIZE, 'frames']);
  graph.output(rows(graph, values.bytes), `cross_value_${layer}`, right.type, [1, textHeads, 'frames', HEAD_SIZE]);
  graph.output(offset, `cross_offset_${layer}`, 'int32', [1, textHeads, 1, 'frames']);
  graph.output(keys.scales, `cross_key_scale_${layer}`, 'float32', scaleShape);
  graph.output(values.scales, `cross_value_scale_${layer}`, 'float32', scaleShape);
}

/** No scales, no offset. */
function addFloatOutputs(graph: OnnxGraph, { layer, key, value, textHeads }: CrossAttentionOutputs): void {
  const values = rows(graph, byHead(graph, value, textHeads));
  graph.output(byHead(graph, key, textHeads), `cross_key_${layer}`, 'float32', [1, textHeads, HEAD_SIZE, 'frames']);
  graph.output(values, `cross_value_${layer}`, 'float32', [1, textHeads, 'frames', HEAD_SIZE]);
}

/** [heads * 64, F] → [1, heads, 64, F]. */
function byHead(graph: OnnxGraph, channels: string, heads: number): string {
  return graph.node('Reshape', [channels, graph.integers([1, heads, HEAD_SIZE, -1])]);
}

/** [1, heads, 64, F] → [1, heads, F, 64]. */
function rows(graph: OnnxGraph, columns: string): string {
  return graph.node('Transpose', [columns], { attributes: { perm: [0, 1, 3, 2] } });
}

/** PyTorch stores a convolution as [outputs, channels, taps]; side-by-side positions need [outputs, taps, channels]. */
function tapsFirst(weights: Float32Array, outputs: number, channels: number): Float32Array {
  const rearranged = new Float32Array(weights.length);
  for (let output = 0; output < outputs; output++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let tap = 0; tap < 3; tap++) {
        rearranged[(output * 3 + tap) * channels + channel] = weights[
          (output * channels + channel) * 3 + tap
        ] as number;
      }
    }
  }
  return rearranged;
}
