import type { CellComparison, FigureComparison, RunComparison, Verdict } from '../compare-runs.js';
import { formatGrid, formatMarkdownTable } from './grid.js';
import { formatPercent } from './columns.js';

const MARKS: Readonly<Record<Verdict, string>> = { better: 'better', worse: 'WORSE', noise: '~', unknown: '?' };
const HEAD = [
  'Backend',
  'Model',
  'Device',
  'Threads',
  'Batch',
  'Speed',
  'ratio',
  '',
  'WER',
  'ratio',
  '',
  'Memory',
  'ratio',
  '',
  'CPU',
  'ratio',
  '',
];
const TEXT_COLUMNS = 3;

export const COMPARISON_FORMATS = ['table', 'json', 'markdown'] as const;
export type ComparisonFormat = (typeof COMPARISON_FORMATS)[number];

/** Writes a comparison out. Each figure is shown as before → after, with its ratio and whether the difference is more than noise. */
export function formatComparison(comparison: RunComparison, format: ComparisonFormat): string {
  const { before, after, cells, cautions } = comparison;
  if (format === 'json') {
    return `${JSON.stringify({ before: before.id, after: after.id, cautions, cells }, undefined, 2)}\n`;
  }
  const lines = [HEAD, ...cells.map(toLine)];
  const title = `${before.id} (${before.createdAt.toISOString()}) → ${after.id} (${after.createdAt.toISOString()})`;
  const note =
    cells.length === 0
      ? ['No combination was measured in both runs.']
      : ['better, WORSE: outside the 95 % interval of the noise; ~: within it; ?: too few figures to tell.'];
  if (format === 'markdown') {
    const table = cells.length === 0 ? [] : formatMarkdownTable(lines, { textColumns: TEXT_COLUMNS });
    return [`# ${title}`, '', ...table, '', ...note, ...cautions.map((caution) => `- ${caution}`)].join('\n') + '\n';
  }
  const table = cells.length === 0 ? [] : formatGrid(lines, { textColumns: TEXT_COLUMNS });
  return [title, ...table, ...note, ...cautions.map((caution) => `! ${caution}`)].join('\n') + '\n';
}

function toLine({ cell, speed, wordErrors, memory, cpu }: CellComparison): string[] {
  return [
    cell.backend,
    cell.model,
    cell.device,
    String(cell.threads),
    String(cell.batch ?? 'auto'),
    ...toTexts(speed, (value) => `${value.toFixed(1)}x`),
    ...(wordErrors === undefined ? ['–', '', ''] : toTexts(wordErrors, formatPercent)),
    ...toTexts(memory, (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`),
    ...toTexts(cpu, (share) => `${share.toFixed(3)} s/s`),
  ];
}

function toTexts({ before, after, ratio, verdict }: FigureComparison, format: (value: number) => string): string[] {
  return [`${format(before)} → ${format(after)}`, Number.isFinite(ratio) ? ratio.toFixed(2) : '–', MARKS[verdict]];
}
