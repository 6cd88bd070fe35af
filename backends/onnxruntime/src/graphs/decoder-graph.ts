import type { Checkpoint } from '../checkpoint/read-checkpoint.js';
import { OnnxGraph, type OnnxModel } from '../onnx/onnx-graph.js';
import type { AlignmentHead } from '../timing/alignment-heads.js';
import { addCrossAttention } from './cross-attention.js';
import { ATTENTION_SCALE } from './encoder-graph.js';
import { activationZeroPoints, withBatch, type Arithmetic, type GraphContext } from './graph-context.js';
import { linearLayer, type LinearPart } from './linear-layer.js';
import { layerNormalization } from './normalization.js';
import { addPrediction } from './prediction.js';
import { addSelfAttention } from './self-attention.js';

export interface DecoderGraphOptions {
  readonly arithmetic: Arithmetic;
  /** Heads whose attention is given out for alignment. */
  readonly alignmentHeads: readonly AlignmentHead[];
  /** Added to the logits, one row per rule: 0 or a large negative number per token. */
  readonly tokenRules: readonly Float32Array[];
}

/**
 * One step of the decoder for B slots, S new positions each (S is 1 but for a prompt), P earlier positions.
 *
 * Inputs: `embedded` float32 [B, S, state]; `rules` int64 [B], a row of `tokenRules` each; `past_mask` [B, 1, 1, P], 0 or a large negative number;
 * `causal_mask` [S, S]; per layer i `self_key_i` [B, heads, 64, P], `self_value_i` [B, heads, P, 64] and the encoder's five cross outputs with B for 1.
 *
 * Outputs: `new_keys_values` [B * S, 2 * layers * state] (layer by layer: key, value); `logits` [B, vocabulary] of the last position; `token` int64
 * [B], the most probable token that the rule allows; `log_probability` [B], of that token among those allowed; `alignment` uint8 [B, heads, S, F],
 * attention weights, 255 for a row's largest.
 *
 * The caller keeps keys and values: ONNX Runtime's node binding copies every output, so handing a growing cache through the graph would copy all of it at
 * every step.
 */
export function buildDecoderGraph(checkpoint: Checkpoint, options: DecoderGraphOptions): OnnxModel {
  const graph = new OnnxGraph();
  const { textState, textLayers } = checkpoint.hyperParameters;
  graph.input('rules', 'int64', ['B']);
  graph.input('past_mask', 'float32', ['B', 1, 1, 'P']);
  graph.input('causal_mask', 'float32', ['S', 'S']);
  graph.input('embedded', 'float32', ['B', 'S', textState]);
  let stream = graph.node('Reshape', ['embedded', graph.integers([-1, textState])]);
  const context: GraphContext = {
    graph,
    checkpoint,
    arithmetic: options.arithmetic,
    rowZeroPoints: activationZeroPoints(graph, graph.node('Shape', [stream], { attributes: { start: 0, end: 1 } })),
  };
  const newKeysValues: string[] = [];
  const alignment: string[] = [];
  for (let layer = 0; layer < textLayers; layer++) {
    const heads = options.alignmentHeads.filter((head) => head.layer === layer).map((head) => head.head);
    const result = addLayer(context, stream, layer, heads);
    stream = result.stream;
    newKeysValues.push(result.keyValue);
    if (result.alignment !== undefined) alignment.push(result.alignment);
  }
  const concatenated = graph.node('Concat', newKeysValues, { attributes: { axis: 1 } });
  graph.output(concatenated, 'new_keys_values', 'float32', ['R', 2 * textState * textLayers]);
  graph.output(graph.node('Concat', alignment, { attributes: { axis: 1 } }), 'alignment', 'uint8', [
    'B',
    options.alignmentHeads.length,
    'S',
    'F',
  ]);
  const last = graph.node(
    'Gather',
    [withBatch(graph, layerNormalization(context, stream, 'decoder.ln'), [textState]), graph.index(-1)],
    {
      attributes: { axis: 1 },
    },
  );
  const slots = graph.node('Shape', ['rules']);
  addPrediction({ ...context, rowZeroPoints: activationZeroPoints(graph, slots) }, last, options.tokenRules);
  return graph.toModel();
}

function addLayer(
  context: GraphContext,
  input: string,
  layer: number,
  alignmentHeads: readonly number[],
): { stream: string; keyValue: string; alignment: string | undefined } {
  const { graph } = context;
  const name = `decoder.blocks.${layer}`;
  const linear = (value: string, part: string, parts: readonly LinearPart[]): string =>
    linearLayer(context, value, `${name}.${part}`, parts);
  const dense = (value: string, part: string): string =>
    linear(value, part, [{ weight: `${name}.${part}.weight`, bias: `${name}.${part}.bias` }]);

  const fused = linear(layerNormalization(context, input, `${name}.attn_ln`), 'attn.fused', [
    { weight: `${name}.attn.query.weight`, bias: `${name}.attn.query.bias`, scale: ATTENTION_SCALE },
    { weight: `${name}.attn.key.weight` },
    { weight: `${name}.attn.value.weight`, bias: `${name}.attn.value.bias` },
  ]);
  const self = addSelfAttention(context, fused, layer);
  const afterSelf = graph.node('Add', [input, dense(self.attended, 'attn.out')]);
  const query = dense(layerNormalization(context, afterSelf, `${name}.cross_attn_ln`), 'cross_attn.query');
  const cross = addCrossAttention(context, query, { layer, alignmentHeads });
  const afterCross = graph.node('Add', [afterSelf, dense(cross.attended, 'cross_attn.out')]);
  const hidden = dense(layerNormalization(context, afterCross, `${name}.mlp_ln`), 'mlp.0');
  const output = dense(graph.contributed('FastGelu', [hidden]), 'mlp.2');
  return { stream: graph.node('Add', [afterCross, output]), keyValue: self.keyValue, alignment: cross.alignment };
}
