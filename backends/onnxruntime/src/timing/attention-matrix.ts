/** Width of the median filter over frames, in frames of 20 ms (openai/whisper, timing.py). */
const MEDIAN_WIDTH = 7;

/** Attention of the alignment heads while a window was decoded. */
export interface AttentionRecord {
  readonly heads: number;
  /** Frames of 20 ms that the window's audio covers. */
  readonly frames: number;
  /** One row per fed token from the start of transcript on: [heads, frames], the strongest 255. */
  readonly rows: readonly Uint8Array[];
}

/**
 * How strongly each token attended to each frame, comparable between tokens: [rows, frames].
 *
 * Weights are normalised over the frames, then standardised over the tokens, so that a frame to which every token looks says nothing; averaged over the
 * heads and smoothed by a median filter. OpenAI filters each head before averaging; filtering the mean once costs a fraction of that, and borders
 * measured against real pauses are as good (README).
 */
export function attentionMatrix({ heads, frames, rows }: AttentionRecord): Float32Array {
  const mean = new Float32Array(rows.length * frames);
  const normalised = new Float32Array(rows.length * frames);
  for (let head = 0; head < heads; head++) {
    rows.forEach((row, index) => {
      const source = row.subarray(head * frames, (head + 1) * frames);
      let sum = 0;
      for (let frame = 0; frame < frames; frame++) sum += source[frame] as number;
      const inverse = sum > 0 ? 1 / sum : 0;
      for (let frame = 0; frame < frames; frame++)
        normalised[index * frames + frame] = (source[frame] as number) * inverse;
    });
    addStandardised(normalised, mean, { rows: rows.length, frames, share: 1 / heads });
  }
  return filterRows(mean, rows.length, frames);
}

/** Adds `share` of the values, standardised over the rows of each frame, to `target`. */
function addStandardised(
  values: Float32Array,
  target: Float32Array,
  { rows, frames, share }: { rows: number; frames: number; share: number },
): void {
  const sums = new Float64Array(frames);
  const squares = new Float64Array(frames);
  for (let index = 0, frame = 0; index < rows * frames; index++) {
    const value = values[index] as number;
    sums[frame] = (sums[frame] as number) + value;
    squares[frame] = (squares[frame] as number) + value * value;
    if (++frame === frames) frame = 0;
  }
  const factors = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    const average = (sums[frame] as number) / rows;
    const variance = (squares[frame] as number) / rows - average * average;
    sums[frame] = average;
    factors[frame] = variance > 0 ? share / Math.sqrt(variance) : 0;
  }
  for (let index = 0, frame = 0; index < rows * frames; index++) {
    target[index] =
      (target[index] as number) + ((values[index] as number) - (sums[frame] as number)) * (factors[frame] as number);
    if (++frame === frames) frame = 0;
  }
}

/** Median over seven neighbouring frames, mirrored at the ends. */
function filterRows(values: Float32Array, rows: number, frames: number): Float32Array {
  const reach = Math.floor(MEDIAN_WIDTH / 2);
  if (frames <= reach) return values;
  const filtered = new Float32Array(values.length);
  const mirrored = new Float32Array(frames + 2 * reach);
  for (let row = 0; row < rows; row++) {
    const source = values.subarray(row * frames, (row + 1) * frames);
    mirrored.set(source, reach);
    for (let offset = 1; offset <= reach; offset++) {
      mirrored[reach - offset] = source[offset] as number;
      mirrored[reach + frames - 1 + offset] = source[frames - 1 - offset] as number;
    }
    const sorted = mirrored.slice(0, MEDIAN_WIDTH).sort();
    filtered[row * frames] = sorted[reach] as number;
    for (let frame = 1; frame < frames; frame++) {
      replaceSorted(sorted, mirrored[frame - 1] as number, mirrored[frame - 1 + MEDIAN_WIDTH] as number);
      filtered[row * frames + frame] = sorted[reach] as number;
    }
  }
  return filtered;
}

/** Takes one value out of a sorted array and puts another in. */
function replaceSorted(sorted: Float32Array, outgoing: number, incoming: number): void {
  let position = 0;
  while (position < sorted.length - 1 && sorted[position] !== outgoing) position++;
  while (position > 0 && (sorted[position - 1] as number) > incoming) {
    sorted[position] = sorted[position - 1] as number;
    position--;
  }
  while (position < sorted.length - 1 && (sorted[position + 1] as number) < incoming) {
    sorted[position] = sorted[position + 1] as number;
    position++;
  }
  sorted[position] = incoming;
}
