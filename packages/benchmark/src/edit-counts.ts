/** The fewest edits that turn one list into another. */
export interface EditCounts {
  readonly substitutions: number;
  /** In the second list only. */
  readonly insertions: number;
  /** In the first list only. */
  readonly deletions: number;
}

/** Far more than any list has items, far less than a double can count. */
const EDIT = 2 ** 26;
/** A hair cheaper than other edits: of several ways with equally many edits, the one with most substitutions is the least. */
const SUBSTITUTION = EDIT - 1;

/**
 * Levenshtein's distance by kind. One number per cell holds both the edits and, in its last bits, the substitutions among them; insertions and deletions follow
 * from the lengths. Time grows with the product of the lengths: 10,000 words against 10,000 take less than a second.
 */
export function countEdits(from: readonly string[], to: readonly string[]): EditCounts {
  const numbered = numbering();
  const fromNumbers = numbered(from);
  const toNumbers = numbered(to);
  // Holds the row above, and is overwritten from the left with the current one.
  const row = Float64Array.from({ length: to.length + 1 }, (_, column) => column * EDIT);
  for (const [index, item] of fromNumbers.entries()) {
    let diagonal = row[0] ?? 0;
    let left = (index + 1) * EDIT;
    row[0] = left;
    for (let column = 1; column <= to.length; column += 1) {
      const above = row[column] ?? 0;
      const replaced = diagonal + (item === toNumbers[column - 1] ? 0 : SUBSTITUTION);
      left = Math.min(replaced, above + EDIT, left + EDIT);
      row[column] = left;
      diagonal = above;
    }
  }
  const total = row[to.length] ?? 0;
  const edits = Math.ceil(total / EDIT);
  const substitutions = edits * EDIT - total;
  const insertions = (edits - substitutions + to.length - from.length) / 2;
  return { substitutions, insertions, deletions: edits - substitutions - insertions };
}

/** Equal items have equal numbers, which compare faster than text. */
function numbering(): (items: readonly string[]) => Int32Array {
  const numbers = new Map<string, number>();
  const numberOf = (item: string) => {
    const number = numbers.get(item) ?? numbers.size;
    numbers.set(item, number);
    return number;
  };
  return (items) => Int32Array.from(items, numberOf);
}
