import { isSpaceless } from './spaceless-text.js';

interface WrappedPiece {
  readonly text: string;
  /** Whether a space stands before it when it does not begin a line. */
  readonly spaced: boolean;
}

/** Width of a text in columns: a character of a spaceless script is as wide as two Latin ones, except where it only sits on another. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{Mn}/u.test(character)) continue;
    columns += isSpaceless(character) ? 2 : 1;
  }
  return columns;
}

/**
 * Lays pieces out on as few lines as possible, of at most `columnsMax` each. Two lines are balanced, and broken behind punctuation where that costs little, as
 * subtitle guides ask. Undefined when more than `linesMax` would be needed.
 */
export function wrapLines(
  pieces: readonly WrappedPiece[],
  { columnsMax, linesMax }: { readonly columnsMax: number; readonly linesMax: number },
): string[] | undefined {
  const lines = wrapGreedily(pieces, columnsMax);
  if (lines.length > linesMax) return undefined;
  return lines.length === 2 ? balance(pieces, columnsMax) : lines;
}

function wrapGreedily(pieces: readonly WrappedPiece[], columnsMax: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const current = lines.at(-1);
    const extended = current === undefined ? undefined : joinOnLine(current, piece);
    if (extended !== undefined && columnsOf(extended) <= columnsMax) lines[lines.length - 1] = extended;
    else lines.push(piece.text);
  }
  return lines;
}

/** What a break behind punctuation may cost in balance, in columns. */
const PUNCTUATION_BONUS_COLUMNS = 24;

function balance(pieces: readonly WrappedPiece[], columnsMax: number): string[] {
  let best: { lines: string[]; cost: number } | undefined;
  for (let position = 1; position < pieces.length; position += 1) {
    const lines = [lineOf(pieces.slice(0, position)), lineOf(pieces.slice(position))];
    const [first = 0, second = 0] = lines.map(columnsOf);
    if (first > columnsMax || second > columnsMax) continue;
    const bonus = /[\p{Po}\p{Pd}]$/u.test(lines[0] ?? '') ? PUNCTUATION_BONUS_COLUMNS : 0;
    const cost = Math.abs(first - second) - bonus;
    if (!best || cost < best.cost) best = { lines, cost };
  }
  return best?.lines ?? wrapGreedily(pieces, columnsMax);
}

function lineOf(pieces: readonly WrappedPiece[]): string {
  return pieces.reduce((line, piece) => (line === '' ? piece.text : joinOnLine(line, piece)), '');
}

function joinOnLine(line: string, piece: WrappedPiece): string {
  return piece.spaced ? `${line} ${piece.text}` : line + piece.text;
}
