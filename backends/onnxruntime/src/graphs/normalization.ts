import type { GraphContext } from './graph-context.js';

/** PyTorch's default, which Whisper was trained with. */
const EPSILON = 1e-5;

/** Layer normalisation with the weights `name.weight` and `name.bias`. */
export function layerNormalization({ graph, checkpoint }: GraphContext, input: string, name: string): string {
  const size = checkpoint.tensor(`${name}.weight`).length;
  return graph.node(
    'LayerNormalization',
    [
      input,
      graph.floats(`${name}.weight`, [size], checkpoint.readFloats(`${name}.weight`)),
      graph.floats(`${name}.bias`, [size], checkpoint.readFloats(`${name}.bias`)),
    ],
    { attributes: { axis: -1, epsilon: { float: EPSILON } } },
  );
}
