import type { BenchmarkResult, BenchmarkRun } from '../benchmark-run.js';
import { summarizeResult, type RateSummary, type ResultSummary } from '../summarize-result.js';

/** One figure of a cell of the matrix, for machines (`key`, `valueOf`) and for people (`title`, `textOf`). */
interface Column {
  /** With its unit at the end; the header in CSV. */
  readonly key: string;
  readonly title: string;
  readonly valueOf: (row: ReportRow) => string | number | null;
  readonly textOf: (row: ReportRow) => string;
}

export interface ReportRow {
  readonly result: BenchmarkResult;
  readonly summary: ResultSummary | undefined;
}

export function toRows({ results }: BenchmarkRun): ReportRow[] {
  return results.map((result) => ({ result, summary: summarizeResult(result) }));
}

const NOTHING = '–';

function cellColumn(key: string, title: string, valueOf: (result: BenchmarkResult) => string | number | null): Column {
  return {
    key,
    title,
    valueOf: ({ result }) => valueOf(result),
    textOf: ({ result }) => String(valueOf(result) ?? 'auto'),
  };
}

function figureColumn(
  key: string,
  title: string,
  valueOf: (summary: ResultSummary, result: BenchmarkResult) => number | null | undefined,
  textOf: (value: number) => string,
): Column {
  const read = ({ result, summary }: ReportRow): number | null =>
    summary === undefined ? null : (valueOf(summary, result) ?? null);
  return {
    key,
    title,
    valueOf: read,
    textOf: (row) => {
      const value = read(row);
      return value === null ? NOTHING : textOf(value);
    },
  };
}

export const formatDuration = (seconds: number): string => `${seconds.toFixed(seconds < 10 ? 3 : 1)} s`;
const formatMebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
export const formatPercent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const formatSpeed = (speed: number): string => `${speed.toFixed(1)}x`;

const CELL: readonly Column[] = [
  cellColumn('backend', 'Backend', ({ backend }) => backend),
  cellColumn('model', 'Model', ({ model }) => model),
  cellColumn('device', 'Device', ({ device }) => device),
  cellColumn('threads', 'Threads', ({ threads }) => threads),
  cellColumn('batch', 'Batch', ({ batch }) => batch),
];

const seconds = (key: string, title: string, valueOf: (summary: ResultSummary) => number): Column =>
  figureColumn(key, title, valueOf, formatDuration);

const SPEED: readonly Column[] = [
  figureColumn('speed', 'Speed', ({ speed }) => speed, formatSpeed),
  figureColumn(
    'realTimeFactor',
    'RTF',
    ({ realTimeFactor }) => realTimeFactor,
    (value) => value.toFixed(4),
  ),
  seconds('durationSecondsAverage', 'Average', ({ duration }) => duration.average),
  seconds('durationSecondsMinimum', 'Minimum', ({ duration }) => duration.minimum),
  seconds('durationSecondsMaximum', 'Maximum', ({ duration }) => duration.maximum),
  seconds('durationSecondsP50', 'p50', ({ duration }) => duration.p50),
  seconds('durationSecondsP95', 'p95', ({ duration }) => duration.p95),
  seconds('firstWindowSeconds', 'First window', ({ firstWindowSeconds }) => firstWindowSeconds),
  figureColumn('loadSeconds', 'Load', (_summary, { loadSeconds }) => loadSeconds, formatDuration),
];

const rate = (key: string, title: string, of: (summary: ResultSummary) => RateSummary | undefined): Column => {
  const column = figureColumn(key, title, (summary) => of(summary)?.rate, formatPercent);
  return {
    ...column,
    textOf: (row) => {
      const interval = row.summary && of(row.summary)?.interval;
      const range = interval ? ` (${(interval.low * 100).toFixed(1)}–${(interval.high * 100).toFixed(1)})` : '';
      return `${column.textOf(row)}${range}`;
    },
  };
};

const QUALITY: readonly Column[] = [
  rate('wordErrorRate', 'WER', ({ wordErrors }) => wordErrors),
  rate('characterErrorRate', 'CER', ({ characterErrors }) => characterErrors),
];

const USE: readonly Column[] = [
  figureColumn('memoryBytesPeak', 'Memory peak', ({ memoryBytesPeak }) => memoryBytesPeak, formatMebibytes),
  figureColumn('memoryBytesAverage', 'average', ({ memoryBytesAverage }) => memoryBytesAverage, formatMebibytes),
  seconds('cpuSeconds', 'CPU', ({ cpuSeconds }) => cpuSeconds),
  figureColumn(
    'cpuPercent',
    'CPU %',
    ({ cpuPercent }) => cpuPercent,
    (value) => value.toFixed(0),
  ),
  figureColumn(
    'otherCores',
    'Others',
    ({ otherCores }) => otherCores,
    (value) => `${value.toFixed(2)} cores`,
  ),
];

const bound = (key: string, of: (summary: ResultSummary) => number | undefined): Column =>
  figureColumn(key, key, of, formatPercent);

/** Only for machines. */
const MORE: readonly Column[] = [
  cellColumn('state', 'State', ({ state }) => state),
  bound('wordErrorRateLow', ({ wordErrors }) => wordErrors?.interval?.low),
  bound('wordErrorRateHigh', ({ wordErrors }) => wordErrors?.interval?.high),
  bound('characterErrorRateLow', ({ characterErrors }) => characterErrors?.interval?.low),
  bound('characterErrorRateHigh', ({ characterErrors }) => characterErrors?.interval?.high),
  figureColumn('treeMemoryBytesPeak', '', ({ treeMemoryBytesPeak }) => treeMemoryBytesPeak, formatMebibytes),
  cellColumn('audioSeconds', '', ({ audioSeconds }) => audioSeconds),
  cellColumn('iterations', '', ({ iterations }) => iterations.length),
  cellColumn('stable', '', ({ stable }) => (stable === null ? null : String(stable))),
  cellColumn('errorCode', '', ({ error }) => error?.code ?? null),
  cellColumn('errorMessage', '', ({ error }) => error?.message ?? null),
];

/** What each table for people holds, after the columns that name the cell. */
export const TABLES: readonly { readonly title: string; readonly columns: readonly Column[] }[] = [
  { title: 'Speed', columns: [...CELL, ...SPEED] },
  { title: 'Accuracy and resources', columns: [...CELL, ...QUALITY, ...USE] },
];

export const ALL_COLUMNS: readonly Column[] = [...CELL, ...SPEED, ...QUALITY, ...USE, ...MORE];
