import { expect, test } from 'vitest';
import { assembleRun } from '../assemble-run.js';
import { ORDER_DEFAULTS, type BenchmarkIteration, type BenchmarkResult, type BenchmarkRun } from '../benchmark-run.js';
import { compareRuns } from '../compare-runs.js';
import { formatComparison } from './format-comparison.js';
import { formatReport } from './format-report.js';

function iteration(durationSeconds: number): BenchmarkIteration {
  return {
    durationSeconds,
    cpuSeconds: durationSeconds * 2,
    otherCpuSeconds: 0,
    memoryBytesPeak: 400e6,
    memoryBytesAverage: 350e6,
    treeMemoryBytesPeak: 500e6,
    firstWindowSeconds: 0.25,
  };
}

function result(durations: readonly number[], wordErrors: readonly number[]): BenchmarkResult {
  return {
    ...{ backend: 'onnxruntime', model: 'base-q8_0', device: 'cpu', threads: 2, batch: null },
    state: 'completed',
    error: null,
    loadSeconds: 1.5,
    audioSeconds: 60,
    iterations: durations.map(iteration),
    stable: null,
    clips: wordErrors.map((errors, index) => ({
      name: `clip-${index}.flac`,
      text: 'a, "quoted" text',
      language: 'en',
      words: { errors, length: 50 },
      characters: { errors: errors * 2, length: 250 },
    })),
    unsteadyClips: [],
    skippedClips: [],
    profile: null,
  };
}

const FAILED: BenchmarkResult = {
  ...result([], []),
  backend: 'other',
  batch: 4,
  state: 'failed',
  error: { code: 'model-missing', message: 'The model "x", is not installed.' },
  loadSeconds: null,
  skippedClips: ['rede.ogg'],
};

function run(id: string, results: readonly BenchmarkResult[]): BenchmarkRun {
  return {
    id,
    state: 'completed',
    createdAt: new Date('2026-11-22T10:00:00Z'),
    finishedAt: new Date('2026-11-22T10:05:00Z'),
    order: ORDER_DEFAULTS,
    machine: {
      host: 'lab',
      processor: 'Example 9000',
      cores: 2,
      coresMachine: 8,
      instructionSets: ['avx2'],
      memoryBytesTotal: 16e9,
      graphics: [],
      system: 'Linux 6.1 x64',
      node: '20.19.0',
      product: '0.1.0',
      backends: [{ name: 'onnxruntime', version: '1.2.3', facts: {} }],
    },
    audio: {
      clips: [
        { name: 'clip-0.flac', audioSeconds: 60, speechSeconds: 50, windows: 2, language: 'en', reference: 'a text' },
      ],
      audioSeconds: 60,
      prepareSeconds: 0.5,
      problems: ['broken.wav was left out: It holds no audio.'],
    },
    error: null,
    results,
  };
}

const EXAMPLE = run('0b9d6c1e', [result([2, 2.2, 1.8, 2.1, 1.9], [1, 3]), FAILED]);

test.each(['table', 'markdown', 'csv'] as const)('the report as %s', async (format) => {
  await expect(formatReport(EXAMPLE, format)).toMatchFileSnapshot(`snapshots/report.${format}.txt`);
});

test('the report as JSON holds every raw figure and what they come to', () => {
  const parsed = JSON.parse(formatReport(EXAMPLE, 'json')) as {
    results: { iterations: unknown[]; summary: { speed: number; duration: { p95: number } } | null }[];
  };
  expect(parsed.results[0]?.iterations).toEqual([2, 2.2, 1.8, 2.1, 1.9].map(iteration));
  expect(parsed.results[0]?.summary?.speed).toBeCloseTo(30, 10);
  expect(parsed.results[0]?.summary?.duration.p95).toBeCloseTo(2.18, 10);
  expect(parsed.results[1]?.summary).toBeNull();
});

test('a difference outside the noise is named, one within it is not', () => {
  const before = run('before', [result([2, 2.02, 1.98, 2.01, 1.99], [2, 2, 2])]);
  const faster = run('faster', [result([1, 1.02, 0.98, 1.01, 0.99], [2, 2, 2])]);
  const same = run('same', [result([2.01, 1.99, 2.02, 2, 1.97], [5, 1, 0])]);
  const [gain] = compareRuns(before, faster).cells;
  expect(gain?.speed).toMatchObject({ verdict: 'better', ratio: expect.closeTo(2, 5) as number });
  expect(gain?.duration.verdict).toBe('better');
  expect(gain?.wordErrors?.verdict).toBe('noise');
  expect(compareRuns(faster, before).cells[0]?.speed.verdict).toBe('worse');
  const [even] = compareRuns(before, same).cells;
  expect([even?.speed.verdict, even?.wordErrors?.verdict]).toEqual(['noise', 'noise']);
});

test('more errors on every recording are worse, and a single iteration tells nothing about speed', () => {
  const before = run('before', [result([2], [1, 1, 2])]);
  const after = run('after', [result([3], [6, 6, 9])]);
  const [cell] = compareRuns(before, after).cells;
  expect([cell?.speed.verdict, cell?.wordErrors?.verdict]).toEqual(['unknown', 'worse']);
});

test('runs of different machines and recordings carry a caution', async () => {
  const other = run('other', [result([1, 1.1], [1])]);
  const moved = { ...other, machine: other.machine && { ...other.machine, host: 'elsewhere' }, audio: null };
  const comparison = compareRuns(run('before', [result([2, 2.1], [1])]), moved);
  expect(comparison.cautions).toHaveLength(2);
  await expect(formatComparison(comparison, 'table')).toMatchFileSnapshot('snapshots/comparison.table.txt');
  expect(formatComparison(compareRuns(EXAMPLE, run('empty', [])), 'markdown')).toContain('No combination');
});

test('columns that only the database has do not reach a report', () => {
  const stored = { ...EXAMPLE, revision: 7, cancelRequested: false };
  expect(assembleRun(stored, EXAMPLE.results)).toEqual(EXAMPLE);
});
