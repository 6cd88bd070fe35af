import { HEAD_SIZE } from '../checkpoint/hyper-parameters.js';
import { withBatch, type GraphContext } from './graph-context.js';

/**
 * Attention over the earlier positions, which the caller feeds, and over the new ones themselves.
 *
 * `fused` is [B * S, 3 * state]: query (already scaled), key, value. Gives the attended [B * S, state] and the new keys and values [B * S, 2 * state].
 */
export function addSelfAttention(
  { graph, checkpoint }: GraphContext,
  fused: string,
  layer: number,
): { attended: string; keyValue: string } {
  const { textState, textHeads } = checkpoint.hyperParameters;
  const pastKey = graph.input(`self_key_${layer}`, 'float32', ['B', textHeads, HEAD_SIZE, 'P']);
  const pastValue = graph.input(`self_value_${layer}`, 'float32', ['B', textHeads, 'P', HEAD_SIZE]);
  const split = withBatch(graph, fused, [3, textHeads, HEAD_SIZE]);
  const byHead = graph.node('Transpose', [split], { attributes: { perm: [2, 0, 3, 1, 4] } });
  const pick = (position: number): string =>
    graph.node('Gather', [byHead, graph.index(position)], { attributes: { axis: 0 } });
  const query = pick(0);
  const key = graph.node('Transpose', [pick(1)], { attributes: { perm: [0, 1, 3, 2] } });
  const value = pick(2);

  const pastScores = graph.node('Add', [graph.node('MatMul', [query, pastKey]), 'past_mask']);
  const newScores = graph.node('Add', [graph.node('MatMul', [query, key]), 'causal_mask']);
  const scores = graph.node('Concat', [pastScores, newScores], { attributes: { axis: 3 } });
  const weights = graph.node('Softmax', [scores], { attributes: { axis: -1 } });
  const lengths = graph.node(
    'Concat',
    [
      graph.node('Shape', ['past_mask'], { attributes: { start: 3, end: 4 } }),
      graph.node('Shape', ['causal_mask'], { attributes: { start: 0, end: 1 } }),
    ],
    { attributes: { axis: 0 } },
  );
  const [pastWeights, newWeights] = graph.nodes('Split', [weights, lengths], 2, { attributes: { axis: 3 } }) as [
    string,
    string,
  ];
  const mixed = graph.node('Add', [
    graph.node('MatMul', [pastWeights, pastValue]),
    graph.node('MatMul', [newWeights, value]),
  ]);
  const attended = graph.node('Reshape', [
    graph.node('Transpose', [mixed], { attributes: { perm: [0, 2, 1, 3] } }),
    graph.integers([-1, textState]),
  ]);
  const keyValue = graph.node('Slice', [
    fused,
    graph.integers([textState]),
    graph.integers([3 * textState]),
    graph.integers([1]),
  ]);
  return { attended, keyValue };
}
