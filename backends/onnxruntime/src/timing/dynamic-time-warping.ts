/** Steps of a path: both advance, the row alone, the column alone. */
const DIAGONAL = 0;
const ROW_ONLY = 1;
const COLUMN_ONLY = 2;

/**
 * The cheapest way through a cost matrix from its first to its last cell, moving right, down or both.
 *
 * `costs` is [rows, columns], row-major. Gives for every row the first column in which the path is in it: with rows as tokens and columns as frames, the
 * frame where each token begins (Giorgino 2009, "Computing and visualizing dynamic time warping alignments", as openai/whisper uses it).
 */
export function alignRows(costs: Float32Array, rows: number, columns: number): Int32Array {
  const steps = computeSteps(costs, rows, columns);
  const firstColumns = new Int32Array(rows);
  let row = rows - 1;
  let column = columns - 1;
  while (row > 0 || column > 0) {
    firstColumns[row] = column;
    const step = row === 0 ? COLUMN_ONLY : column === 0 ? ROW_ONLY : (steps[row * columns + column] as number);
    if (step !== COLUMN_ONLY) row--;
    if (step !== ROW_ONLY) column--;
  }
  firstColumns[0] = 0;
  return firstColumns;
}

/** How the cheapest path reaches each cell. Only two rows of sums are kept. */
function computeSteps(costs: Float32Array, rows: number, columns: number): Uint8Array {
  const steps = new Uint8Array(rows * columns);
  let above = new Float64Array(columns);
  let current = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const diagonal = row > 0 && column > 0 ? (above[column - 1] as number) : Infinity;
      const fromAbove = row > 0 ? (above[column] as number) : Infinity;
      const fromLeft = column > 0 ? (current[column - 1] as number) : Infinity;
      let best = row === 0 && column === 0 ? 0 : fromLeft;
      let step = COLUMN_ONLY;
      if (diagonal < fromAbove && diagonal < fromLeft) {
        best = diagonal;
        step = DIAGONAL;
      } else if (fromAbove < diagonal && fromAbove < fromLeft) {
        best = fromAbove;
        step = ROW_ONLY;
      }
      current[column] = (costs[row * columns + column] as number) + best;
      steps[row * columns + column] = step;
    }
    [above, current] = [current, above];
  }
  return steps;
}
