import { HEAD_SIZE } from '../checkpoint/hyper-parameters.js';
import {
  ACTIVATION_MIN,
  rightOperand,
  withBatch,
  zeroPoint,
  type GraphContext,
  type IntegerArithmetic,
} from './graph-context.js';

/** Largest byte: the strongest attention weight of a row becomes this. */
const BYTE_MAX = 255;

interface CrossAttentionPlan {
  readonly layer: number;
  /** Heads whose weights are given out. */
  readonly alignmentHeads: readonly number[];
}

interface CrossAttention {
  readonly attended: string;
  readonly alignment: string | undefined;
}

/** Attention over the encoder's positions, in the arithmetic of the context. */
export function addCrossAttention(context: GraphContext, query: string, plan: CrossAttentionPlan): CrossAttention {
  const { arithmetic } = context;
  return arithmetic === 'float'
    ? addFloatAttention(context, query, plan)
    : addByteAttention({ ...context, arithmetic }, query, plan);
}

/** As `addByteAttention`, in floats; there is no offset, so every slot must hold as many frames. */
function addFloatAttention(
  { graph, checkpoint }: GraphContext,
  query: string,
  { layer, alignmentHeads }: CrossAttentionPlan,
): CrossAttention {
  const { textState, textHeads } = checkpoint.hyperParameters;
  const key = graph.input(`cross_key_${layer}`, 'float32', ['B', textHeads, HEAD_SIZE, 'F']);
  const value = graph.input(`cross_value_${layer}`, 'float32', ['B', textHeads, 'F', HEAD_SIZE]);
  const byHead = graph.node('Transpose', [withBatch(graph, query, [textHeads, HEAD_SIZE])], {
    attributes: { perm: [0, 2, 1, 3] },
  });
  const scores = graph.node('MatMul', [byHead, key]);
  const weights = graph.node('Softmax', [scores], { attributes: { axis: -1 } });
  const attended = graph.node('Reshape', [
    graph.node('Transpose', [graph.node('MatMul', [weights, value])], { attributes: { perm: [0, 2, 1, 3] } }),
    graph.integers([-1, textState]),
  ]);
  if (alignmentHeads.length === 0) return { attended, alignment: undefined };
  const asked = graph.node('Gather', [weights, graph.integers(alignmentHeads)], { attributes: { axis: 1 } });
  const largest = graph.node('ReduceMax', [asked, graph.integers([-1])], { attributes: { keepdims: 1 } });
  const relative = graph.node('Div', [asked, largest]);
  const bytes = [relative, graph.scalar(1 / BYTE_MAX), zeroPoint(graph, 'uint8', 0)];
  return { attended, alignment: graph.node('QuantizeLinear', bytes) };
}

/**
 * Attention over the encoder's positions, in bytes.
 *
 * `query` is [B * S, state], unscaled (the keys carry attention's 1/8). The key's scale per channel is moved into the query, which is then quantised with
 * one scale per row, so that the product of bytes needs one multiplication to become a score. The weights are `exp(score - largest)`, at most 1, as
 * bytes; the sum of the unrounded weights divides at the end.
 *
 * Bytes of a query lie around 128. Instead of a zero point the product has an offset, what a query of nothing but 128 gives: without a zero point on the
 * left, a row by a matrix has a kernel of its own, which reads the keys once instead of packing them first. A huge offset hides a frame.
 *
 * Gives the attended [B * S, state] and, for the asked heads, the weights [B, heads, S, F] as bytes.
 */
function addByteAttention(
  { graph, checkpoint, arithmetic }: GraphContext & { readonly arithmetic: IntegerArithmetic },
  query: string,
  { layer, alignmentHeads }: CrossAttentionPlan,
): CrossAttention {
  const { textState, textHeads } = checkpoint.hyperParameters;
  const right = rightOperand(arithmetic);
  const key = graph.input(`cross_key_${layer}`, right.type, ['B', textHeads, HEAD_SIZE, 'F']);
  const value = graph.input(`cross_value_${layer}`, right.type, ['B', textHeads, 'F', HEAD_SIZE]);
  const offset = graph.input(`cross_offset_${layer}`, 'int32', ['B', textHeads, 1, 'F']);
  const keyScale = graph.input(`cross_key_scale_${layer}`, 'float32', ['B', textHeads, 1, HEAD_SIZE]);
  const valueScale = graph.input(`cross_value_scale_${layer}`, 'float32', ['B', textHeads, 1, HEAD_SIZE]);
  const rightZero = zeroPoint(graph, right.type, right.zeroPoint);
  const lastAxis = graph.integers([-1]);

  const byHead = graph.node('Transpose', [withBatch(graph, query, [textHeads, HEAD_SIZE])], {
    attributes: { perm: [0, 2, 1, 3] },
  });
  const scaledQuery = graph.node('Mul', [byHead, keyScale]);
  const { bytes, scales } = quantizeQuery(graph, scaledQuery);
  const products = graph.node('MatMulInteger', [bytes, key, zeroPoint(graph, 'uint8', 0), rightZero]);
  const centred = graph.node('Cast', [graph.node('Sub', [products, offset])], { attributes: { to: 1 } });
  const scores = graph.node('Mul', [centred, scales]);
  const largest = graph.node('ReduceMax', [scores, lastAxis], { attributes: { keepdims: 1 } });
  const weights = graph.node('Exp', [graph.node('Sub', [scores, largest])]);
  const weightBytes = graph.node('QuantizeLinear', [weights, graph.scalar(1 / BYTE_MAX), zeroPoint(graph, 'uint8', 0)]);
  const mixed = graph.node('MatMulInteger', [weightBytes, value, zeroPoint(graph, 'uint8', 0), rightZero]);
  const sums = graph.node('ReduceSum', [weights, lastAxis], { attributes: { keepdims: 1 } });
  const attended = graph.node('Div', [
    graph.node('Mul', [graph.node('Cast', [mixed], { attributes: { to: 1 } }), valueScale]),
    graph.node('Mul', [sums, graph.scalar(BYTE_MAX)]),
  ]);
  const joined = graph.node('Reshape', [
    graph.node('Transpose', [attended], { attributes: { perm: [0, 2, 1, 3] } }),
    graph.integers([-1, textState]),
  ]);
  const alignment =
    alignmentHeads.length === 0
      ? undefined
      : graph.node('Gather', [weightBytes, graph.integers(alignmentHeads)], { attributes: { axis: 1 } });
  return { attended: joined, alignment };
}

/** [B, heads, S, 64] → bytes around 128, and scales [B, heads, S, 1]. */
function quantizeQuery(graph: GraphContext['graph'], query: string): { bytes: string; scales: string } {
  const rows = graph.node('Reshape', [query, graph.integers([-1, HEAD_SIZE])]);
  const magnitude = graph.node('ReduceMax', [graph.node('Abs', [rows]), graph.integers([1])], {
    attributes: { keepdims: 0 },
  });
  const rowScales = graph.node('Mul', [
    graph.node('Max', [magnitude, graph.scalar(ACTIVATION_MIN)]),
    graph.scalar(1 / 127),
  ]);
  const middles = graph.node('Add', [graph.node('Mul', [rowScales, graph.scalar(0)]), graph.scalar(128)]);
  const quantized = graph.node(
    'QuantizeLinear',
    [rows, rowScales, graph.node('Cast', [middles], { attributes: { to: 2 } })],
    {
      attributes: { axis: 0 },
    },
  );
  const shape = graph.node('Shape', [query]);
  const scaleShape = graph.node(
    'Concat',
    [graph.node('Slice', [shape, graph.integers([0]), graph.integers([3])]), graph.integers([1])],
    { attributes: { axis: 0 } },
  );
  return { bytes: graph.node('Reshape', [quantized, shape]), scales: graph.node('Reshape', [rowScales, scaleShape]) };
}
