import type { BenchmarkCell, BenchmarkResult, BenchmarkRun } from './benchmark-run.js';
import { errorRateDifferenceInterval } from './bootstrap.js';
import { welchInterval, type Interval } from './statistics.js';
import { summarizeResult, type ResultSummary } from './summarize-result.js';

/** `noise`: the 95 % interval of the difference holds zero. `unknown`: too few figures to tell. */
export type Verdict = 'better' | 'worse' | 'noise' | 'unknown';

export interface FigureComparison {
  readonly before: number;
  readonly after: number;
  /** After over before; Infinity when before was zero and after is not, 1 when both are. */
  readonly ratio: number;
  readonly verdict: Verdict;
}

/** One cell that both runs measured. */
export interface CellComparison {
  readonly cell: BenchmarkCell;
  readonly duration: FigureComparison;
  readonly speed: FigureComparison;
  readonly memory: FigureComparison;
  readonly cpu: FigureComparison;
  /** Undefined when the two runs have no recording with a reference in common. */
  readonly wordErrors: FigureComparison | undefined;
}

export interface RunComparison {
  readonly before: BenchmarkRun;
  readonly after: BenchmarkRun;
  readonly cells: readonly CellComparison[];
  /** Why the figures may not be comparable, in sentences. */
  readonly cautions: readonly string[];
}

/** Sets a run beside an earlier one, cell by cell. Cells that only one of them measured are left out. */
export function compareRuns(before: BenchmarkRun, after: BenchmarkRun): RunComparison {
  const cells = after.results.flatMap((result) => {
    const earlier = before.results.find((candidate) => keyOf(candidate) === keyOf(result));
    const comparison = earlier && compareResults(earlier, result);
    return comparison === undefined ? [] : [comparison];
  });
  return { before, after, cells, cautions: findCautions(before, after) };
}

function keyOf({ backend, model, device, threads, batch }: BenchmarkCell): string {
  return JSON.stringify([backend, model, device, threads, batch]);
}

function compareResults(before: BenchmarkResult, after: BenchmarkResult): CellComparison | undefined {
  const [earlier, later] = [summarizeResult(before), summarizeResult(after)];
  if (earlier === undefined || later === undefined) return undefined;
  const { backend, model, device, threads, batch } = after;
  // Audio sets may differ in length: what is compared is seconds per second of audio.
  const perAudioSecond = (result: BenchmarkResult, figureOf: (at: BenchmarkResult['iterations'][number]) => number) =>
    result.iterations.map((iteration) => figureOf(iteration) / result.audioSeconds);
  const lower = (figureOf: (at: BenchmarkResult['iterations'][number]) => number): Verdict =>
    lowerIsBetter(welchInterval(perAudioSecond(before, figureOf), perAudioSecond(after, figureOf)));
  const timeVerdict = lower(({ durationSeconds }) => durationSeconds);
  const memoryVerdict = lowerIsBetter(
    welchInterval(
      before.iterations.map(({ memoryBytesPeak }) => memoryBytesPeak),
      after.iterations.map(({ memoryBytesPeak }) => memoryBytesPeak),
    ),
  );
  return {
    cell: { backend, model, device, threads, batch },
    duration: figure(earlier.realTimeFactor, later.realTimeFactor, timeVerdict),
    speed: figure(earlier.speed, later.speed, timeVerdict),
    memory: figure(earlier.memoryBytesPeak, later.memoryBytesPeak, memoryVerdict),
    cpu: figure(
      earlier.cpuSeconds / before.audioSeconds,
      later.cpuSeconds / after.audioSeconds,
      lower(({ cpuSeconds }) => cpuSeconds),
    ),
    wordErrors: compareErrors(before, after, earlier, later),
  };
}

function compareErrors(
  before: BenchmarkResult,
  after: BenchmarkResult,
  earlier: ResultSummary,
  later: ResultSummary,
): FigureComparison | undefined {
  if (earlier.wordErrors === undefined || later.wordErrors === undefined) return undefined;
  const pairs = after.clips.flatMap(({ name, words }) => {
    const first = before.clips.find((clip) => clip.name === name)?.words ?? null;
    return words === null || first === null ? [] : [{ first, second: words }];
  });
  if (pairs.length === 0) return undefined;
  return figure(earlier.wordErrors.rate, later.wordErrors.rate, lowerIsBetter(errorRateDifferenceInterval(pairs)));
}

function figure(before: number, after: number, verdict: Verdict): FigureComparison {
  return { before, after, ratio: before === after ? 1 : after / before, verdict };
}

function lowerIsBetter(difference: Interval | undefined): Verdict {
  if (difference === undefined) return 'unknown';
  if (difference.low <= 0 && difference.high >= 0) return 'noise';
  return difference.high < 0 ? 'better' : 'worse';
}

function findCautions(before: BenchmarkRun, after: BenchmarkRun): string[] {
  const cautions: string[] = [];
  const differs = (what: string, of: (run: BenchmarkRun) => unknown): void => {
    const [earlier, later] = [of(before), of(after)].map((value) => JSON.stringify(value));
    if (earlier !== later)
      cautions.push(`The runs had different ${what}: ${earlier ?? 'unknown'} and ${later ?? 'unknown'}.`);
  };
  differs('machines', ({ machine }) => machine?.host ?? null);
  differs('processors', ({ machine }) => machine?.processor ?? null);
  differs('numbers of cores', ({ machine }) => machine?.cores ?? null);
  const clipsOf = ({ audio }: BenchmarkRun) =>
    (audio?.clips ?? [])
      .map(({ name }) => name)
      .sort()
      .join();
  if (clipsOf(before) !== clipsOf(after)) cautions.push('The runs heard different recordings.');
  return cautions;
}
