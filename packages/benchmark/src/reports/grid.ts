/** Lines of text in columns; all but the first few columns stand right. The first line is the head. */
export function formatGrid(lines: readonly (readonly string[])[], { textColumns }: { textColumns: number }): string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines.map((line) =>
    line
      .map((text, column) => {
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)));
        return column < textColumns ? text + padding : padding + text;
      })
      .join('  ')
      .trimEnd(),
  );
}

function widthOf(text: string): number {
  return [...text].length;
}

export function formatMarkdownTable(
  lines: readonly (readonly string[])[],
  { textColumns }: { textColumns: number },
): string[] {
  const [head = [], ...body] = lines;
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [row(head), row(head.map((_, column) => (column < textColumns ? '---' : '---:'))), ...body.map(row)];
}
