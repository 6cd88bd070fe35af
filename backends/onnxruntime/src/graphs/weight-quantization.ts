/** Keeps a row of zeros from dividing by zero. */
const SCALE_MIN = 1e-12;

/** How many rows are transposed together: one cache line of int8. */
const TRANSPOSED_ROWS = 64;

export interface ColumnQuantized {
  /** int8, [inputs, outputs]: transposed, as MatMulIntegerToFloat reads its right side. */
  readonly values: Int8Array;
  /** One per output. */
  readonly scales: Float32Array;
}

/**
 * Symmetric int8 with one scale per output: `weights` is [outputs, inputs].
 *
 * The scale maps the largest magnitude of a row to 127, so that zero stays exact and no zero point is needed.
 */
export function quantizeColumns(weights: Float32Array, outputs: number, inputs: number): ColumnQuantized {
  const values = new Int8Array(outputs * inputs);
  const scales = new Float32Array(outputs);
  const rows = new Int8Array(TRANSPOSED_ROWS * inputs);
  for (let first = 0; first < outputs; first += TRANSPOSED_ROWS) {
    const count = Math.min(TRANSPOSED_ROWS, outputs - first);
    for (let row = 0; row < count; row++) {
      const source = weights.subarray((first + row) * inputs, (first + row + 1) * inputs);
      scales[first + row] = quantizeSymmetric(source, rows.subarray(row * inputs, (row + 1) * inputs));
    }
    for (let input = 0; input < inputs; input++) {
      for (let row = 0; row < count; row++)
        values[input * outputs + first + row] = rows[row * inputs + input] as number;
    }
  }
  return { values, scales };
}

/** Writes `source` as int8 and returns the scale that turns it back. */
function quantizeSymmetric(source: Float32Array, target: Int8Array): number {
  let largest = 0;
  for (let index = 0; index < source.length; index++) largest = Math.max(largest, Math.abs(source[index] as number));
  const scale = largest / 127 || SCALE_MIN;
  const inverse = 1 / scale;
  for (let index = 0; index < source.length; index++) target[index] = Math.round((source[index] as number) * inverse);
  return scale;
}
