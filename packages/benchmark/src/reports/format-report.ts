import type { BenchmarkRun } from '../benchmark-run.js';
import { ALL_COLUMNS, TABLES, toRows } from './columns.js';
import { formatGrid, formatMarkdownTable } from './grid.js';
import { formatProfile } from './format-profile.js';
import { describeRemarks, describeRun } from './run-facts.js';

export const REPORT_FORMATS = ['table', 'json', 'csv', 'markdown'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Backend, model and device are text; the figures after them stand right. */
const TEXT_COLUMNS = 3;

/** Writes a run out. `table` is for terminals; the others are stable enough for programs. */
export function formatReport(run: BenchmarkRun, format: ReportFormat): string {
  switch (format) {
    case 'json':
      return formatJson(run);
    case 'csv':
      return formatCsv(run);
    case 'markdown':
      return formatMarkdown(run);
    case 'table':
      return formatTable(run);
  }
}

/** The raw figures of every iteration, with what they come to beside them. */
function formatJson(run: BenchmarkRun): string {
  const results = toRows(run).map(({ result, summary }) => ({ ...result, summary: summary ?? null }));
  return `${JSON.stringify({ ...run, results }, undefined, 2)}\n`;
}

/** One line for each cell, as RFC 4180 has it. Empty: not known. */
function formatCsv(run: BenchmarkRun): string {
  const quote = (value: string | number | null): string => {
    const text = String(value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = toRows(run).map((row) => ALL_COLUMNS.map(({ valueOf }) => quote(valueOf(row))).join(','));
  return [ALL_COLUMNS.map(({ key }) => key).join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

function formatMarkdown(run: BenchmarkRun): string {
  const facts = describeRun(run).map(([name, value]) => `- **${name}**: ${value}`);
  const tables = tablesOf(run).flatMap(({ title, lines }) => [
    `## ${title}`,
    '',
    ...formatMarkdownTable(lines, { textColumns: TEXT_COLUMNS }),
    '',
  ]);
  const remarks = remarksOf(run).map((remark) => `- ${remark}`);
  const profile = formatProfile(run, formatMarkdownTable);
  return ['# Benchmark', '', ...facts, '', ...tables, ...remarks, ...profile].join('\n').trimEnd() + '\n';
}

function formatTable(run: BenchmarkRun): string {
  const facts = describeRun(run).map(([name, value]) => `${name.padEnd(10)}  ${value}`);
  const tables = tablesOf(run).flatMap(({ title, lines }) => [
    '',
    title,
    ...formatGrid(lines, { textColumns: TEXT_COLUMNS }).map((line) => `  ${line}`),
  ]);
  const remarks = remarksOf(run).map((remark) => `! ${remark}`);
  const parts = [
    ...facts,
    ...tables,
    ...(remarks.length > 0 ? ['', ...remarks] : []),
    ...formatProfile(run, formatGrid),
  ];
  return `${parts.join('\n')}\n`;
}

function tablesOf(run: BenchmarkRun): { title: string; lines: string[][] }[] {
  const rows = toRows(run);
  return TABLES.map(({ title, columns }) => ({
    title,
    lines: [columns.map((column) => column.title), ...rows.map((row) => columns.map(({ textOf }) => textOf(row)))],
  }));
}

function remarksOf(run: BenchmarkRun): string[] {
  const rows = toRows(run);
  return describeRemarks(run, (index) => rows[index]?.summary?.otherCores);
}
