/** Keeps a row of zeros from dividing by zero. */
const SCALE_MIN = 1e-12;

/** Side of the squares that are transposed together: one cache line of int8. */
const TILE = 64;

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
  const inverses = new Float64Array(TILE);
  for (let first = 0; first < outputs; first += TILE) {
    const last = Math.min(outputs, first + TILE);
    for (let output = first; output < last; output++) {
      const scale = largestMagnitude(weights, output * inputs, (output + 1) * inputs) / 127 || SCALE_MIN;
      scales[output] = scale;
      inverses[output - first] = 1 / scale;
    }
    for (let start = 0; start < inputs; start += TILE) {
      const end = Math.min(inputs, start + TILE);
      for (let output = first; output < last; output++) {
        const inverse = inverses[output - first] as number;
        for (let input = start; input < end; input++) {
          const value = (weights[output * inputs + input] as number) * inverse;
          // Positive numbers are rounded by cutting, which is several times as fast as Math.round.
          values[input * outputs + output] = ((value + 128.5) | 0) - 128;
        }
      }
    }
  }
  return { values, scales };
}

function largestMagnitude(values: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let index = start; index < end; index++) {
    const value = values[index] as number;
    const magnitude = value < 0 ? -value : value;
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}
