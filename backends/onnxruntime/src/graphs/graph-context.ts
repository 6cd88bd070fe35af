import type { Checkpoint } from '../checkpoint/read-checkpoint.js';
import type { OnnxGraph } from '../onnx/onnx-graph.js';

/**
 * How integers are multiplied.
 *
 * `dot-product`: unsigned by signed bytes, which needs an instruction that sums into 32 bits (AVX-VNNI, AVX-512 VNNI, Arm's dot product).
 * `widening`: unsigned by unsigned. Without such an instruction the kernels for unsigned by signed use `vpmaddubsw`, whose sums saturate at 16 bits
 * and spoil results silently (ONNX Runtime's quantization guide, "When and why do I need to try U8U8?"); the kernels for unsigned by unsigned do not.
 */
export type IntegerArithmetic = 'dot-product' | 'widening';

/** How a model calculates. `float`: in 32-bit floats throughout, which is slow and large, and what other ways are measured against. */
export type Arithmetic = IntegerArithmetic | 'float';

/** What every part of a graph is built from. */
export interface GraphContext {
  readonly graph: OnnxGraph;
  readonly checkpoint: Checkpoint;
  readonly arithmetic: Arithmetic;
  /** Zero points of the activations' rows, see `activationZeroPoints`: every layer of a graph has as many rows. */
  readonly rowZeroPoints: string;
}

/** Keeps a row of zeros from dividing by zero when its scale is computed. */
export const ACTIVATION_MIN = 1e-8;

/** The type of the right side of an integer product, and its zero point. */
export function rightOperand(arithmetic: IntegerArithmetic): { type: 'int8' | 'uint8'; zeroPoint: number } {
  return arithmetic === 'dot-product' ? { type: 'int8', zeroPoint: 0 } : { type: 'uint8', zeroPoint: 128 };
}

/** A zero point without dimensions. */
export function zeroPoint(graph: OnnxGraph, type: 'int8' | 'uint8', value: number): string {
  return graph.initializer(
    `zero_point_${type}_${value}`,
    type,
    [],
    type === 'int8' ? Int8Array.of(value) : Uint8Array.of(value),
  );
}

/** Zero points for as many rows of activations as `rowCount` (int64 [1]) says. */
export function activationZeroPoints(graph: OnnxGraph, rowCount: string): string {
  return graph.node('Expand', [zeroPoint(graph, 'uint8', 128), rowCount]);
}

/** Quantises each row of a [rows, columns] matrix symmetrically, with its own scale. The zero points, one per row, tell the type. */
export function quantizeRows(
  graph: OnnxGraph,
  matrix: string,
  zeroPoints: string,
): { quantized: string; scales: string } {
  const magnitudes = graph.node('ReduceMax', [graph.node('Abs', [matrix]), graph.integers([1])], {
    attributes: { keepdims: 0 },
  });
  const largest = graph.node('Max', [magnitudes, graph.scalar(ACTIVATION_MIN)]);
  const scales = graph.node('Mul', [largest, graph.scalar(1 / 127)]);
  const quantized = graph.node('QuantizeLinear', [matrix, scales, zeroPoints], { attributes: { axis: 0 } });
  return { quantized, scales };
}

/** [B * S, ...] → [B, S, ...rest], by the leading dimensions of the decoder's input. */
export function withBatch(graph: OnnxGraph, rows: string, rest: readonly number[]): string {
  const leading = graph.node('Shape', ['embedded'], { attributes: { start: 0, end: 2 } });
  const shape = graph.node('Concat', [leading, graph.integers(rest)], { attributes: { axis: 0 } });
  return graph.node('Reshape', [rows, shape]);
}
