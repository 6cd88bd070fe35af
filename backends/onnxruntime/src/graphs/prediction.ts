import type { GraphContext } from './graph-context.js';
import { linearLayer } from './linear-layer.js';

/**
 * Turns the last hidden state [B, state] into `logits`, the most probable allowed `token` and its `log_probability`.
 *
 * Choosing here and not in the caller keeps the logits (52 thousand floats per slot) from being copied out at every step; they are fetched only where
 * all of them are needed: for the language, for silence, and when sampling.
 */
export function addPrediction(context: GraphContext, hidden: string, tokenRules: readonly Float32Array[]): void {
  const { graph, checkpoint } = context;
  const { vocabularySize } = checkpoint.hyperParameters;
  const logits = linearLayer(context, hidden, 'logits', [{ weight: 'decoder.token_embedding.weight' }]);
  const table = new Float32Array(tokenRules.length * vocabularySize);
  tokenRules.forEach((rule, index) => table.set(rule, index * vocabularySize));
  const rules = graph.node(
    'Gather',
    [graph.floats('token_rules', [tokenRules.length, vocabularySize], table), 'rules'],
    {
      attributes: { axis: 0 },
    },
  );
  const allowed = graph.node('Add', [logits, rules]);
  const logProbabilities = graph.node('LogSoftmax', [allowed], { attributes: { axis: -1 } });
  const best = graph.node('ReduceMax', [logProbabilities, graph.integers([1])], { attributes: { keepdims: 0 } });
  const token = graph.node('ArgMax', [allowed], { attributes: { axis: 1, keepdims: 0 } });
  graph.output(logits, 'logits', 'float32', ['B', vocabularySize]);
  graph.output(best, 'log_probability', 'float32', ['B']);
  graph.output(token, 'token', 'int64', ['B']);
}
