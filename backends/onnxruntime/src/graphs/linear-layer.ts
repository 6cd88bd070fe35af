import { quantizeRows, rightOperand, zeroPoint, type GraphContext, type IntegerArithmetic } from './graph-context.js';
import { quantizeColumns } from './weight-quantization.js';

/** One tensor of a fused layer: its outputs follow those of the part before it. */
export interface LinearPart {
  readonly weight: string;
  readonly bias?: string;
  /** Multiplied into weights and bias: attention's 1/8 costs nothing there. */
  readonly scale?: number;
}

export interface LinearOptions {
  /** Rearranges the weights, [outputs, inputs] row-major, before they are quantised. */
  readonly rearrange?: (weights: Float32Array) => Float32Array;
}

/** [rows, inputs] → [rows, outputs], in the arithmetic of the context. */
export function linearLayer(
  context: GraphContext,
  input: string,
  name: string,
  parts: readonly LinearPart[],
  options: LinearOptions = {},
): string {
  const { arithmetic } = context;
  return arithmetic === 'float'
    ? floatLinear(context, input, name, parts, options)
    : rowQuantizedLinear({ ...context, arithmetic }, input, name, parts, options);
}

function floatLinear(
  context: GraphContext,
  input: string,
  name: string,
  parts: readonly LinearPart[],
  { rearrange }: LinearOptions,
): string {
  const { graph } = context;
  const { inputs, outputs } = layerSize(context, parts);
  const stacked = stackWeights(context, parts);
  const weights = rearrange === undefined ? stacked : rearrange(stacked);
  const bias = stackBiases(context, parts);
  return graph.node(
    'Gemm',
    [
      input,
      graph.floats(`${name}.weights`, [outputs, inputs], weights),
      ...(bias === undefined ? [] : [graph.floats(`${name}.bias`, [outputs], bias)]),
    ],
    { attributes: { transB: 1 } },
  );
}

/**
 * [rows, inputs] → [rows, outputs], with int8 weights (one scale per output) and uint8 activations (one scale per row).
 *
 * A scale per row has half to a third of the error of one scale for all rows, and makes a row's result independent of the rows beside it. Products of 8-bit
 * blocks (MatMulNBits) take two to three times as long from eight rows on.
 */
function rowQuantizedLinear(
  context: GraphContext & { readonly arithmetic: IntegerArithmetic },
  input: string,
  name: string,
  parts: readonly LinearPart[],
  { rearrange }: LinearOptions,
): string {
  const { graph, arithmetic } = context;
  const { inputs, outputs } = layerSize(context, parts);
  const stacked = stackWeights(context, parts);
  const { values, scales } = quantizeColumns(rearrange === undefined ? stacked : rearrange(stacked), outputs, inputs);
  const right = rightOperand(arithmetic);
  const bytes = right.type === 'int8' ? values : Uint8Array.from(values, (value) => value + right.zeroPoint);
  const rows = quantizeRows(graph, input, context.rowZeroPoints);
  const product = graph.contributed('MatMulIntegerToFloat', [
    rows.quantized,
    graph.initializer(`${name}.values`, right.type, [inputs, outputs], bytes),
    graph.scalar(1),
    graph.floats(`${name}.scales`, [outputs], scales),
    zeroPoint(graph, 'uint8', 128),
    zeroPoint(graph, right.type, right.zeroPoint),
  ]);
  const scaled = graph.node('Mul', [product, graph.node('Unsqueeze', [rows.scales, graph.integers([1])])]);
  const bias = stackBiases(context, parts);
  return bias === undefined ? scaled : graph.node('Add', [scaled, graph.floats(`${name}.bias`, [outputs], bias)]);
}

function layerSize({ checkpoint }: GraphContext, parts: readonly LinearPart[]): { inputs: number; outputs: number } {
  const shapes = parts.map((part) => checkpoint.tensor(part.weight));
  const outputs = shapes.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  const first = shapes[0];
  if (first === undefined) throw new Error('A layer needs at least one part.');
  return { inputs: first.length / (first.shape[0] as number), outputs };
}

function stackWeights({ checkpoint }: GraphContext, parts: readonly LinearPart[]): Float32Array {
  const total = parts.reduce((sum, part) => sum + checkpoint.tensor(part.weight).length, 0);
  const stacked = new Float32Array(total);
  let offset = 0;
  for (const part of parts) {
    const weights = checkpoint.readFloats(part.weight);
    scaleInPlace(weights, part.scale);
    stacked.set(weights, offset);
    offset += weights.length;
  }
  return stacked;
}

/** Biases of all parts in one vector, zeros where a part has none; undefined when no part has one. */
function stackBiases({ checkpoint }: GraphContext, parts: readonly LinearPart[]): Float32Array | undefined {
  if (parts.every((part) => part.bias === undefined)) return undefined;
  const pieces = parts.map((part) => {
    const bias =
      part.bias === undefined
        ? new Float32Array(checkpoint.tensor(part.weight).shape[0] as number)
        : checkpoint.readFloats(part.bias);
    scaleInPlace(bias, part.scale);
    return bias;
  });
  const stacked = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    stacked.set(piece, offset);
    offset += piece.length;
  }
  return stacked;
}

function scaleInPlace(values: Float32Array, scale: number | undefined): void {
  if (scale === undefined || scale === 1) return;
  for (let index = 0; index < values.length; index++) values[index] = (values[index] as number) * scale;
}
