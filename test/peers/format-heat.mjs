import { errorRate, figure, speedRatio } from './targets.mjs';

const MEBIBYTE = 2 ** 20;
const COLUMNS = [
  '',
  'x real time',
  'range',
  'times whisper.cpp',
  'times faster-whisper batched',
  'CPU s',
  'memory MiB',
  'resident MiB',
  'words wrong',
  'load s',
  'runs',
];

/** A heat as Markdown: the figures of everybody, what is missing, the targets. */
export function formatHeat(heat, verdicts) {
  const measured = heat.results.filter(({ runs }) => runs.length > 0);
  const absent = heat.results.filter(({ runs }) => runs.length === 0);
  const parts = [table([COLUMNS, ...measured.map((result) => row(heat, result))])];
  if (absent.length > 0) {
    parts.push(absent.map(({ label, missing, failed }) => `Not measured: ${label} (${missing ?? failed}).`).join('\n'));
  }
  parts.push(
    table([['target', 'measured', ''], ...verdicts.map((one) => [one.target, one.measured ?? '-', one.verdict])]),
  );
  return parts.join('\n\n');
}

function row(heat, { key, label, runs, loadSeconds, backend }) {
  const speeds = runs.map(({ seconds }) => heat.audioSeconds / seconds);
  return [
    backend === undefined || backend === 'onnxruntime' ? label : `${label} (${backend})`,
    (heat.audioSeconds / figure(heat, key, 'seconds')).toFixed(1),
    `${Math.min(...speeds).toFixed(1)}-${Math.max(...speeds).toFixed(1)}`,
    times(speedRatio(heat, key, 'whisper-cpp')),
    times(speedRatio(heat, key, 'faster-whisper-batched')),
    figure(heat, key, 'cpuSeconds').toFixed(1),
    (figure(heat, key, 'proportionalBytesPeak') / MEBIBYTE).toFixed(0),
    (figure(heat, key, 'residentBytesPeak') / MEBIBYTE).toFixed(0),
    `${(errorRate(heat, key) * 100).toFixed(2)} %`,
    loadSeconds?.toFixed(1) ?? '-',
    String(runs.length),
  ];
}

function times(ratio) {
  return ratio === undefined ? '-' : ratio.toFixed(2);
}

/** The first row is the heading; cells are padded so that it reads well as plain text too. */
function table(rows) {
  const widths = rows[0].map((_cell, column) => Math.max(3, ...rows.map((cells) => cells[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(rows[0]), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join('\n');
}
